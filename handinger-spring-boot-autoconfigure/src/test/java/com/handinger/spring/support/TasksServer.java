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

package com.handinger.spring.support;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * A server that runs tasks as Handinger does, and does to connections what the world
 * does. Whatever becomes of a connection, a task that was taken runs to its end.
 */
public final class TasksServer implements AutoCloseable {

	private static final Pattern PATH = Pattern.compile("(?:GET|POST) /api/tasks(?:/([^/ ]+))?(/turns)? HTTP/1.1");

	/**
	 * In JSON, or as a part of a form.
	 */
	private static final Pattern TASK_ID = Pattern
		.compile("\"taskId\"(?:\\r\\n(?:[^\\r]+\\r\\n)*\\r\\n|:\")([^\"\\r]+)");

	private final Map<String, List<Turn>> tasks = new ConcurrentHashMap<>();

	private final AtomicInteger posts = new AtomicInteger();

	private final AtomicInteger lookUps = new AtomicInteger();

	private final Behaviour onPost;

	private final Behaviour onLookUp;

	private volatile RawServer server;

	private volatile Function<String, Duration> runTime = (taskId) -> Duration.ofMillis(200);

	private volatile Duration lag = Duration.ZERO;

	private volatile String endStatus = "completed";

	private TasksServer(int port, Behaviour onPost, Behaviour onLookUp) {
		this.onPost = onPost;
		this.onLookUp = onLookUp;
		this.server = RawServer.start(port, this::answer);
	}

	/**
	 * Start a server that does what it should.
	 */
	public static TasksServer start() {
		return start(Exchange::answer);
	}

	/**
	 * Start a server that does something else with requests to run a task.
	 */
	public static TasksServer start(Behaviour onPost) {
		return start(onPost, Exchange::answer);
	}

	/**
	 * Start a server that does something else with all requests.
	 */
	public static TasksServer start(Behaviour onPost, Behaviour onLookUp) {
		return start(0, onPost, onLookUp);
	}

	/**
	 * Start a server on a port that does something else with all requests.
	 */
	public static TasksServer start(int port, Behaviour onPost, Behaviour onLookUp) {
		return new TasksServer(port, onPost, onLookUp);
	}

	/**
	 * Set how long a turn runs.
	 */
	public TasksServer runTime(Duration runTime) {
		return runTime((taskId) -> runTime);
	}

	/**
	 * Set how long a turn of which task runs.
	 */
	public TasksServer runTime(Function<String, Duration> runTime) {
		this.runTime = runTime;
		return this;
	}

	/**
	 * Set how long a task goes on to show the state before its new turn.
	 */
	public TasksServer lag(Duration lag) {
		this.lag = lag;
		return this;
	}

	/**
	 * Set the status that turns end with.
	 */
	public TasksServer endStatus(String endStatus) {
		this.endStatus = endStatus;
		return this;
	}

	/**
	 * Add a task with turns that are at their end.
	 */
	public TasksServer withTask(String taskId, int turns) {
		IntStream.range(0, turns).forEach((i) -> add(taskId, new Turn(Instant.EPOCH, Instant.EPOCH)));
		return this;
	}

	/**
	 * Add a task with a turn that runs for a time.
	 */
	public TasksServer withRunningTask(String taskId, Duration runTime) {
		add(taskId, new Turn(Instant.EPOCH, Instant.now().plus(runTime)));
		return this;
	}

	/**
	 * Return whether all turns of a task are at their end.
	 */
	public boolean hasEnded(String taskId) {
		Instant now = Instant.now();
		return this.tasks.getOrDefault(taskId, List.of()).stream().noneMatch((turn) -> turn.endsAt().isAfter(now));
	}

	private void add(String taskId, Turn turn) {
		this.tasks.computeIfAbsent(taskId, (id) -> new CopyOnWriteArrayList<>()).add(turn);
	}

	private void answer(RawServer.Request request, RawServer.Connection connection, int number) throws IOException {
		Matcher path = PATH.matcher(request.line());
		if (!path.matches()) {
			throw new IllegalArgumentException(request.line());
		}
		if (request.line().startsWith("POST")) {
			Matcher taskId = TASK_ID.matcher(request.body());
			this.onPost.answer(new Exchange(this.posts.incrementAndGet(), taskId.find() ? taskId.group(1) : null, true,
					request, connection));
		}
		else {
			this.onLookUp
				.answer(new Exchange(this.lookUps.incrementAndGet(), path.group(1), false, request, connection));
		}
	}

	public String url() {
		return this.server.url();
	}

	/**
	 * Return how many requests to run a task have arrived.
	 */
	public int posts() {
		return this.posts.get();
	}

	/**
	 * Return how many look-ups have arrived.
	 */
	public int lookUps() {
		return this.lookUps.get();
	}

	/**
	 * Return the ids of the tasks that were taken.
	 */
	public List<String> taskIds() {
		return List.copyOf(this.tasks.keySet());
	}

	/**
	 * Return how many turns of a task were taken.
	 */
	public int turns(String taskId) {
		return this.tasks.getOrDefault(taskId, List.of()).size();
	}

	/**
	 * Return how many connections are open, as far as this server has noticed.
	 */
	public int openConnections() {
		return this.server.openConnections();
	}

	/**
	 * Wait until the client has closed a connection.
	 */
	public void awaitClosed(Duration patience) {
		this.server.awaitClosed(patience);
	}

	/**
	 * Break all connections and refuse others.
	 */
	public void stop() {
		this.server.close();
	}

	/**
	 * Take connections again, on the same port.
	 */
	public void restart() {
		this.server = RawServer.start(this.server.port(), this::answer);
	}

	@Override
	public void close() {
		this.server.close();
	}

	/**
	 * What the server does with a request.
	 */
	@FunctionalInterface
	public interface Behaviour {

		void answer(Exchange exchange) throws IOException;

	}

	/**
	 * A turn of a task.
	 *
	 * @param shownAt when the task shows it
	 * @param endsAt when it ends
	 */
	private record Turn(Instant shownAt, Instant endsAt) {
	}

	/**
	 * A request and its connection.
	 */
	public final class Exchange {

		private final int number;

		private final @Nullable String taskId;

		private final boolean isPost;

		private final RawServer.Request request;

		private final RawServer.Connection connection;

		private Exchange(int number, @Nullable String taskId, boolean isPost, RawServer.Request request,
				RawServer.Connection connection) {
			this.number = number;
			this.taskId = taskId;
			this.isPost = isPost;
			this.request = request;
			this.connection = connection;
		}

		/**
		 * Return the number of the request among those of its kind, from 1.
		 */
		public int number() {
			return this.number;
		}

		/**
		 * Return the id of the task, if the request has one.
		 */
		public @Nullable String taskId() {
			return this.taskId;
		}

		public RawServer.Request request() {
			return this.request;
		}

		public RawServer.Connection connection() {
			return this.connection;
		}

		/**
		 * Take the task, if this is a request to run one, and do not answer yet.
		 */
		public RawServer.Connection run() throws IOException {
			if (this.connection.isClosed()) {
				throw new IOException("The server was stopped before it took the request");
			}
			if (this.isPost) {
				Instant now = Instant.now();
				add(takenId(), new Turn(now.plus(TasksServer.this.lag), now.plus(runTime())));
			}
			return this.connection;
		}

		private String takenId() {
			return (this.taskId != null) ? this.taskId : "tsk_of_the_server";
		}

		private Duration runTime() {
			return TasksServer.this.runTime.apply(takenId());
		}

		/**
		 * Do what Handinger does: run the task and answer at its end, or answer with the
		 * state of the task.
		 */
		public void answer() throws IOException {
			if (this.isPost) {
				run();
				pause(runTime());
				this.connection.json(200, Json.WORKER);
			}
			else {
				List<Turn> turns = TasksServer.this.tasks.getOrDefault(this.taskId, List.of());
				this.connection.json(turns.isEmpty() ? 404 : 200,
						turns.isEmpty() ? Json.error("No such task.") : task(turns));
			}
		}

		/**
		 * Stay silent for a time.
		 */
		public RawServer.Connection pause(Duration duration) {
			try {
				Thread.sleep(duration.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
			return this.connection;
		}

		private String task(List<Turn> all) {
			Instant now = Instant.now();
			List<Turn> turns = all.stream().filter((turn) -> !turn.shownAt().isAfter(now)).toList();
			boolean ended = turns.stream().noneMatch((turn) -> turn.endsAt().isAfter(now));
			String status = turns.isEmpty() ? "pending" : ended ? TasksServer.this.endStatus : "running";
			return Json.task(String.valueOf(this.taskId), status, turns.size());
		}

	}

}
