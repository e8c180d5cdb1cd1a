/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package com.handinger.spring.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.handinger.spring.run.RunData.Request;
import com.handinger.spring.run.RunRequests.Post;
import com.handinger.spring.run.RunStore.Row;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.DefaultHandingerTasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.Polling;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.OneTimeCall;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.ListenerCalls;
import com.handinger.spring.webhook.ListenerCalls.RunKeys;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.SmartLifecycle;
import org.springframework.core.io.ResourceLoader;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;

/**
 * Internal: the {@link HandingerRuns} on db-scheduler. Its scheduler and its task are no
 * beans, because db-scheduler's own auto-configuration would back off, or run the task in
 * the scheduler of the application.
 */
public final class DefaultHandingerRuns implements HandingerRuns, RunKeys, SmartLifecycle {

	private static final SafeLog logger = SafeLog.of(DefaultHandingerRuns.class);

	/**
	 * Before Boot's web server and the webhook have started, and after they have stopped:
	 * whoever submits a run, or delivers its end, finds the runs started.
	 */
	private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

	private static final int LONGEST_KEY = 100;

	private static final int LONGEST_TASK_ID = 255;

	/**
	 * A crash within a visit delays the run by four intervals, the fewest that
	 * db-scheduler allows, and up to two until this is detected. Tests shorten it.
	 */
	private static final Duration HEARTBEAT = Duration
		.ofMillis(Long.getLong("handinger.runs.heartbeat-millis", 10_000));

	private static final int MISSED_HEARTBEATS = 4;

	private static final Duration SHUTDOWN_WAIT = Duration.ofSeconds(5);

	private final RunsSettings settings;

	private final Database database;

	private final Client client;

	private final ListenerCalls calls;

	private final ResourceLoader resources;

	private final @Nullable RunMeters meters;

	private final Clock clock = Clock.systemUTC();

	private final SingletonSupplier<RunStore> store;

	private final AtomicBoolean warnedOfMemory = new AtomicBoolean();

	private volatile @Nullable Engine engine;

	private volatile Snapshot snapshot = new Snapshot(Instant.EPOCH, Map.of());

	/**
	 * Create new runs, which are sent and polled once started.
	 * @param settings the settings
	 * @param database the database
	 * @param client the client
	 * @param calls calls the listeners
	 * @param resources resolves the locations of attachments
	 * @param meters the meters, or {@code null} if nothing is counted
	 */
	public DefaultHandingerRuns(RunsSettings settings, Database database, Client client, ListenerCalls calls,
			ResourceLoader resources, @Nullable RunMeters meters) {
		this.settings = settings;
		this.database = database;
		this.client = client;
		this.calls = calls;
		this.resources = resources;
		this.meters = meters;
		this.store = SingletonSupplier.of(() -> new RunStore(database.dataSource(), database.table()));
	}

	@Override
	public DurableRun submit(String key, CreateTask task) {
		checkKey(key);
		RunStore store = store();
		RunData data = RunData.requested(taskId(task), request(task), now());
		return store.inTransaction(() -> {
			Optional<Row> present = store.insert(key, data);
			if (present.isEmpty()) {
				wakeAfterCommit();
			}
			return present.map(Row::data).orElse(data).toRun(key, present.isPresent());
		});
	}

	@Override
	public Optional<DurableRun> find(String key) {
		checkKey(key);
		return store().find(key).map((row) -> row.data().toRun(key, false));
	}

	@Override
	public DurableRun resend(String key, CreateTask task) {
		checkKey(key);
		RunStore store = store();
		Request request = request(task);
		return store.inTransaction(() -> {
			Row row = store.find(key)
				.filter((found) -> found.data().state() == RunState.UNKNOWN)
				.orElseThrow(() -> new IllegalStateException("The run " + key
						+ " is not UNKNOWN, and only such a run can be sent again: see HandingerRuns.find"));
			RunData data = row.data().resent(taskId(task), request, now());
			if (!store.replace(row, data, data.since())) {
				throw new IllegalStateException("The run " + key + " is being polled: try again in a moment");
			}
			wakeAfterCommit();
			return data.toRun(key, false);
		});
	}

	@Override
	public boolean cancel(String key) {
		checkKey(key);
		RunStore store = store();
		return store.inTransaction(() -> store.find(key)
			.filter((row) -> row.data().state() == RunState.REQUESTED && store.remove(row))
			.isPresent());
	}

	@Override
	public Stream<DurableRun> unknown() {
		Stream.Builder<DurableRun> unknown = Stream.builder();
		store().forEachOpen(now(), (row) -> {
			if (row.data().state() == RunState.UNKNOWN) {
				unknown.add(row.data().toRun(row.key(), false));
			}
		});
		return unknown.build().sorted(Comparator.comparing(DurableRun::since));
	}

	@Override
	public @Nullable String runKey(String taskId, long turnCount) {
		return (this.engine != null) ? this.store.obtain()
			.ofTask(taskId)
			.stream()
			.filter((row) -> row.data().owns(turnCount))
			.max(Comparator.comparing((Row row) -> row.data().turnsBeforeOrNone())
				.thenComparing((row) -> row.data().state() == RunState.SENT))
			.map(Row::key)
			.orElse(null) : null;
	}

	@Override
	public Map<String, Object> details() {
		Map<String, Object> details = new LinkedHashMap<>();
		open().forEach((state, since) -> details.put(state.name().toLowerCase(Locale.ROOT),
				Map.of("count", since.getCount(), "oldest", Instant.ofEpochMilli(since.getMin()).toString())));
		return details;
	}

	/**
	 * Return when the runs that have not ended have entered their state, in milliseconds.
	 * While this is being read, and after a failure, the last result counts for the cache
	 * time, so that not each gauge waits for a database that does not answer.
	 */
	Map<RunState, LongSummaryStatistics> open() {
		Snapshot last = this.snapshot;
		if (this.engine == null || now().isBefore(last.until())) {
			return last.open();
		}
		Map<RunState, LongSummaryStatistics> open = new EnumMap<>(RunState.class);
		Instant until = now().plus(this.client.cacheTime());
		this.snapshot = new Snapshot(until, last.open());
		this.store.obtain().forEachOpen(now(), (row) -> {
			if (row.data().state() != RunState.DONE && row.data().state() != RunState.REFUSED) {
				open.computeIfAbsent(row.data().state(), (state) -> new LongSummaryStatistics())
					.accept(row.data().since().toEpochMilli());
			}
		});
		this.snapshot = new Snapshot(until, open);
		return open;
	}

	private static void checkKey(String key) {
		Assert.isTrue(
				key != null && !key.isEmpty() && key.length() <= LONGEST_KEY && key.strip().equals(key)
						&& key.chars().noneMatch(Character::isISOControl) && ApiCall.isText(key),
				"'key' must have 1 to 100 characters, without a control character, and without a space at either end");
	}

	private static Request request(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return Request.of(task);
	}

	private static String taskId(CreateTask task) {
		String taskId = (task.taskId() != null) ? task.taskId() : String.valueOf(task.withNewTaskId().taskId());
		Assert.isTrue(taskId.length() <= LONGEST_TASK_ID, "'taskId' must have at most 255 characters");
		return taskId;
	}

	/**
	 * Return the rows, for a caller of the API. A run that nothing would ever send is
	 * refused now.
	 */
	private RunStore store() {
		Assert.state(this.settings.enabled(), "Durable runs are disabled: set handinger.runs.enabled=true");
		RunStore store = this.store.obtain();
		this.client.tasks().get();
		if (!this.calls.areDurable() && this.warnedOfMemory.compareAndSet(false, true)) {
			logger.warn("Deduplication of the ends of durable runs is in memory only: after a crash, or on another "
					+ "instance, listeners may receive the same end again. To keep it, add a JdbcMetadataStore of "
					+ "Spring Integration on the same DataSource");
		}
		return store;
	}

	private Instant now() {
		return this.clock.instant();
	}

	/**
	 * A scheduler that looks before the commit finds nothing.
	 */
	private void wakeAfterCommit() {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				wake();
			}

		});
	}

	private void wake() {
		Engine engine = this.engine;
		if (engine != null) {
			engine.scheduler().triggerCheckForDueExecutions();
		}
	}

	@Override
	public void start() {
		if (!this.settings.enabled()) {
			return;
		}
		RunStore store = this.store.obtain();
		if (!store.hasTable()) {
			logger.warn("There is no table " + this.database.table() + " for durable runs: create it as in "
					+ "com/handinger/spring/run/schema-*.sql, set handinger.runs.jdbc.initialize-schema=always, or set "
					+ "handinger.runs.enabled=false");
			return;
		}
		this.calls.requireSynchronous(TaskRunRefusedEvent.class, TaskRunUnknownEvent.class);
		reactor.core.scheduler.Scheduler worker = Schedulers.newBoundedElastic(this.settings.concurrency(),
				Integer.MAX_VALUE, "handinger-runs-requests", 60, true);
		RunRequests requests = new RunRequests(store, this::prepare, this.client.maxRequests(),
				this.client.polling().maxInterval(), worker, this::wake, this.clock);
		RunVisits visits = new RunVisits(this.settings, this.client.polling(), store, requests, this.client.tasks(),
				this.client.waiters(), this.calls, this.resources, this.meters, this.clock);
		Scheduler scheduler = scheduler(visits, store);
		this.engine = new Engine(scheduler, visits, requests, worker);
		scheduler.start();
		if (this.meters != null) {
			this.meters.register(this);
		}
	}

	private Post prepare(CreateTask task) {
		HandingerTasksClient tasks = this.client.tasks().get();
		if (tasks instanceof DefaultHandingerTasksClient ours) {
			OneTimeCall<Worker> call = ours.prepare(task, this.resources);
			return new Post(call.send(), call::mayHaveReached);
		}
		return new Post(tasks.create(task), () -> true);
	}

	private Scheduler scheduler(RunVisits visits, RunStore store) {
		CustomTask<RunData> task = Tasks.custom(RunVisits.TASK, RunData.class)
			.onFailure(new FailureHandler.OnFailureRetryLater<>(this.settings.visitInterval()))
			.onDeadExecutionRevive()
			.execute((instance, context) -> visits.visit(instance));
		return Scheduler.create(this.database.dataSource(), task)
			.tableName(this.database.table())
			.jdbcCustomization(store.dialect())
			.serializer(new RunData.Json())
			.schedulerName(new SchedulerName.Fixed("handinger-" + UUID.randomUUID()))
			.threads(this.settings.concurrency())
			.executorService(Executors.newFixedThreadPool(this.settings.concurrency(),
					new CustomizableThreadFactory("handinger-runs-")))
			.pollingInterval(this.settings.pollingInterval())
			.heartbeatInterval(HEARTBEAT)
			.missedHeartbeatsLimit(MISSED_HEARTBEATS)
			.shutdownMaxWait(SHUTDOWN_WAIT)
			.build();
	}

	/**
	 * Polls are stopped, listeners are awaited, and requests are cancelled, in this
	 * order, so that nothing is sent after its run was given back.
	 */
	@Override
	public void stop() {
		Engine engine = this.engine;
		if (engine != null) {
			engine.visits().stop();
			engine.scheduler().stop();
			engine.requests().close();
			engine.worker().dispose();
			this.engine = null;
		}
	}

	@Override
	public boolean isRunning() {
		return this.engine != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * The database of the application.
	 *
	 * @param dataSource the data source
	 * @param table the name of the table
	 */
	public record Database(DataSource dataSource, String table) {
	}

	/**
	 * The client that sends and polls tasks.
	 *
	 * @param tasks supplies the client, which fails without an API key
	 * @param waiters receive the ends
	 * @param polling the intervals of polls
	 * @param maxRequests the maximum number of requests in flight
	 * @param cacheTime the time for which the number of open runs is cached
	 */
	public record Client(Supplier<HandingerTasksClient> tasks, TaskWaiters waiters, Polling polling, int maxRequests,
			Duration cacheTime) {
	}

	private record Snapshot(Instant until, Map<RunState, LongSummaryStatistics> open) {
	}

	private record Engine(Scheduler scheduler, RunVisits visits, RunRequests requests,
			reactor.core.scheduler.Scheduler worker) {
	}

}
