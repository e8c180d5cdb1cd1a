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

package com.handinger.spring.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import com.handinger.spring.http.ConflictException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.task.RunTests.Fault;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.function.Tuple2;
import reactor.util.retry.Retry;

import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens to many runs at once, each gives its result, and no task is sent again
 * that may have been taken. What happens to which run follows from a seed; only when it
 * happens is left to the machine.
 */
@Tag("slow")
class RandomFaultsTests {

	private static final String SEED = "handinger.test.seed";

	private static final int RUNS_AT_ONCE = 250;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final Duration OUTAGE = Duration.ofMillis(200);

	@ParameterizedTest
	@CsvSource({ "REACTOR_EPOLL, 500", "JDK, 100" })
	void eachRunGivesItsResultAndIsTakenOnce(HttpStack stack, int runs) {
		long seed = Long.getLong(SEED, System.nanoTime());
		try (World world = new World(seed, runs)) {
			world.run(stack);
		}
		catch (AssertionError | Exception ex) {
			throw new AssertionError("This happened with -D" + SEED + "=" + seed, ex);
		}
	}

	/**
	 * Whose id a task has.
	 */
	private enum Kind {

		ID_OF_THE_CLIENT, ID_OF_THE_CALLER, FOLLOW_UP

	}

	/**
	 * What is to happen to a run.
	 *
	 * @param number the number of the run
	 * @param kind whose id its task has
	 * @param twice whether there are two subscribers
	 * @param attached whether there is an attachment
	 * @param rejections how often it is rejected before it is taken
	 * @param fault what becomes of the connection when it is taken
	 * @param lost whether the first request is lost on its way
	 * @param runTime how long the task runs
	 * @param seed the seed of what happens to its look-ups
	 */
	private record Plan(int number, Kind kind, boolean twice, boolean attached, int rejections, Fault fault,
			boolean lost, Duration runTime, long seed) {

		private static final int LOOK_UPS_THAT_MAY_FAIL = 8;

		static Plan of(long seed, int number) {
			SplittableRandom random = new SplittableRandom(seed + number);
			Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
			// A turn that is refused is not looked for.
			Fault fault = fault(random, (kind == Kind.FOLLOW_UP) ? "STATUS_409|REDIRECT" : "");
			return new Plan(number, kind, random.nextInt(4) == 0, random.nextInt(4) == 0,
					Math.max(0, random.nextInt(6) - 3), fault, random.nextInt(50) == 0,
					Duration.ofMillis(random.nextInt(500)), random.nextLong());
		}

		private static Fault fault(SplittableRandom random, String excluded) {
			List<Fault> faults = Arrays.stream(Fault.values())
				.filter((fault) -> !fault.name().matches(excluded))
				.toList();
			return faults.get(random.nextInt(faults.size()));
		}

		/**
		 * Return what happens to a look-up. An answer that makes no sense does no harm
		 * when the task is certain to run.
		 */
		Fault faultOfLookUp(int number, boolean sent) {
			SplittableRandom random = new SplittableRandom(this.seed + number);
			return (number > LOOK_UPS_THAT_MAY_FAIL || random.nextBoolean()) ? Fault.NONE
					: fault(random, (sent && losesTheConnection()) ? "" : "STATUS_409|REDIRECT|HTML");
		}

		private boolean losesTheConnection() {
			return switch (this.fault) {
				case NONE, RESET_OF_A_REUSED_CONNECTION, STATUS_409, REDIRECT -> false;
				default -> true;
			};
		}

		boolean isRejectedLookUp(int number) {
			return number <= LOOK_UPS_THAT_MAY_FAIL && new SplittableRandom(~this.seed + number).nextInt(10) == 0;
		}

		String oldTaskId() {
			return "tsk_old_" + this.number;
		}

		int turnsBefore() {
			return (this.kind == Kind.FOLLOW_UP) ? 2 : 0;
		}

		/**
		 * Return what is asked for.
		 * @param attempt the number of the task that is run for this plan
		 */
		CreateTask task(int attempt) {
			CreateTask task = CreateTask.of("This is run " + this.number + "." + attempt);
			task = switch (this.kind) {
				case ID_OF_THE_CLIENT -> task;
				case ID_OF_THE_CALLER -> task.withNewTaskId();
				case FOLLOW_UP -> task.withTaskId(oldTaskId());
			};
			return this.attached ? task.withAttachment(Attachment.of("a.txt", new ByteArrayResource(new byte[20_000])))
					: task;
		}

	}

	/**
	 * The server and all that is sent to it.
	 */
	private static final class World implements AutoCloseable {

		private static final Pattern RUN = Pattern.compile("This is run (\\d+)\\.(\\d+)");

		private final List<Plan> plans;

		private final TasksServer server;

		private final Map<String, Plan> planOfTask = new ConcurrentHashMap<>();

		/**
		 * By each task that is run for a plan, which may be more than one.
		 */
		private final Map<String, AtomicInteger> posts = new ConcurrentHashMap<>();

		private final Map<Plan, AtomicInteger> lookUps = new ConcurrentHashMap<>();

		private final Queue<String> sentAgain = new ConcurrentLinkedQueue<>();

		private final Queue<Plan> sent = new ConcurrentLinkedQueue<>();

		World(long seed, int runs) {
			this.plans = IntStream.range(0, runs).mapToObj((number) -> Plan.of(seed, number)).toList();
			this.server = start().runTime((taskId) -> this.planOfTask.get(taskId).runTime());
			for (Plan plan : this.plans) {
				this.lookUps.put(plan, new AtomicInteger());
				if (plan.kind() == Kind.FOLLOW_UP) {
					this.planOfTask.put(plan.oldTaskId(), plan);
					this.server.withTask(plan.oldTaskId(), plan.turnsBefore());
				}
			}
		}

		/**
		 * On a port that no connection can come from: while the server is down, one could
		 * reach itself.
		 */
		private TasksServer start() {
			for (int port = 20_000; true; port++) {
				try {
					return TasksServer.start(port, this::onPost, this::onLookUp);
				}
				catch (UncheckedIOException ex) {
					if (port == 30_000) {
						throw ex;
					}
				}
			}
		}

		private void onPost(Exchange exchange) throws IOException {
			Matcher run = RUN.matcher(exchange.request().body());
			assertThat(run.find()).isTrue();
			Plan plan = this.plans.get(Integer.parseInt(run.group(1)));
			boolean first = run.group(2).equals("1");
			this.planOfTask.put(String.valueOf(exchange.taskId()), plan);
			int number = this.posts.computeIfAbsent(run.group(), (key) -> new AtomicInteger()).incrementAndGet();
			if (first && number <= plan.rejections()) {
				exchange.connection().json(429, "{}", "retry-after-ms: 20");
				return;
			}
			if (number > (first ? plan.rejections() + 1 : 1)) {
				this.sentAgain.add(run.group());
			}
			this.sent.add(plan);
			if (first && plan.lost()) {
				exchange.connection().reset();
			}
			else {
				plan.fault().happen(exchange);
			}
		}

		private void onLookUp(Exchange exchange) throws IOException {
			Plan plan = this.planOfTask.get(String.valueOf(exchange.taskId()));
			if (plan == null) {
				exchange.answer();
				return;
			}
			int number = this.lookUps.get(plan).incrementAndGet();
			if (plan.isRejectedLookUp(number)) {
				exchange.connection().json(429, "{}", "retry-after-ms: 20");
			}
			else {
				plan.faultOfLookUp(number, this.sent.contains(plan)).happen(exchange);
			}
		}

		void run(HttpStack stack) {
			TasksClient
				.application(stack, this.server.url(), "handinger.await.initial-interval=20ms",
						"handinger.await.max-interval=200ms", "handinger.await.not-found-grace=2s",
						"handinger.read-timeout=300ms", "handinger.retry.max-attempts=100",
						"handinger.retry.max-backoff=100ms")
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					Mono<Map<Plan, Signal<TaskWithTurns>>> results = Flux.fromIterable(this.plans)
						.flatMap((plan) -> Mono.just(plan).zipWith(call(client, plan, 1).materialize()), RUNS_AT_ONCE)
						.collectMap(Tuple2::getT1, Tuple2::getT2)
						.cache();
					results.subscribe();
					restartAfter(this.plans.size() / 4);
					restartAfter(this.plans.size() / 2);
					check(results.block(PATIENCE));
				});
		}

		private Mono<TaskWithTurns> call(HandingerTasksClient client, Plan plan, int attempt) {
			CreateTask task = plan.task(attempt);
			if (task.taskId() != null) {
				this.planOfTask.put(task.taskId(), plan);
			}
			Mono<TaskWithTurns> run = client.run(task);
			// A slow machine may find nothing but answers that make no sense for longer
			// than the grace.
			return (plan.twice() ? Mono.zip(run, run, this::same) : run)
				.retryWhen(Retry.max(100).filter(World::canNotBeRead))
				.onErrorResume(OutcomeUnknownException.class,
						(ex) -> wasTaken(plan, ex) ? Mono.error(ex) : call(client, plan, attempt + 1));
		}

		private static boolean canNotBeRead(Throwable error) {
			return error instanceof UnexpectedResponseException || error instanceof ConflictException;
		}

		private TaskWithTurns same(TaskWithTurns one, TaskWithTurns other) {
			assertThat(one).isSameAs(other);
			return one;
		}

		/**
		 * The caller cannot know this, and has to ask somebody.
		 */
		private boolean wasTaken(Plan plan, OutcomeUnknownException unknown) {
			return this.server.turns(String.valueOf(unknown.taskId())) > plan.turnsBefore();
		}

		private void restartAfter(int sent) {
			await().atMost(PATIENCE).until(() -> this.sent.size() >= sent);
			this.server.stop();
			Mono.delay(OUTAGE).block();
			this.server.restart();
		}

		private void check(Map<Plan, Signal<TaskWithTurns>> results) {
			assertThat(this.sentAgain).isEmpty();
			for (Plan plan : this.plans) {
				Signal<TaskWithTurns> result = results.get(plan);
				assertThat(result.getThrowable()).as("%s", plan).isNull();
				TaskWithTurns task = result.get();
				assertThat(task).isNotNull();
				assertThat(task.task().status()).as("%s", plan).isEqualTo(TaskStatus.COMPLETED);
				// On a busy machine the outages may last until the answer has to do,
				// which
				// does not tell earlier turns.
				int turns = plan.turnsBefore() + 1;
				assertThat(task.turns().size()).as("%s", plan)
					.isIn(isPutTogether(task) ? List.of(1, turns) : List.of(turns));
				assertThat(this.planOfTask.get(task.task().id())).isEqualTo(plan);
			}
			int turnsBefore = this.plans.stream().mapToInt(Plan::turnsBefore).sum();
			int allTurns = this.server.taskIds().stream().mapToInt(this.server::turns).sum();
			assertThat(allTurns - turnsBefore).as("tasks that were taken").isEqualTo(this.plans.size());
		}

		private static boolean isPutTogether(TaskWithTurns task) {
			return task.turns().get(task.turns().size() - 1).id().isEmpty();
		}

		@Override
		public void close() {
			this.server.close();
		}

	}

}
