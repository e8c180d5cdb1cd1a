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

package com.handinger.spring.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.support.Timers;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import org.springframework.context.ApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A call that is cancelled leaves no timer, no connection and no place in a queue behind,
 * wherever it is on its way. That no buffer is left is checked after each test class.
 */
@Tag("slow")
class LeftoversTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	private static final String START_OF_AN_ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
			+ "Content-Length: 1000\r\n\r\n{\"id\":";

	private static final Set<String> THREADS_OF_OTHERS = Set.of("awaitility-thread", "boundedElastic",
			"boundedElastic-evictor", "globalEventExecutor", "parallel", "raw-server", "reactor-netty-pool-maintenance",
			"test-client-epoll");

	private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();

	private Timers timers;

	/**
	 * A call of the client.
	 */
	enum Call {

		CREATE((client) -> client.create(TASK)),

		RUN((client) -> client.run(TASK)),

		FOLLOW_UP((client) -> client.run(TASK.withTaskId("tsk_1"))),

		AWAIT((client) -> client.await("tsk_1")),

		WATCH((client) -> client.watch("tsk_1")),

		RETRIEVE((client) -> client.retrieve("tsk_1"));

		private final Function<HandingerTasksClient, Publisher<?>> call;

		Call(Function<HandingerTasksClient, Publisher<?>> call) {
			this.call = call;
		}

	}

	@BeforeEach
	void countTimers() {
		this.timers = new Timers();
	}

	@AfterEach
	void countNoMore() {
		this.timers.close();
	}

	private void with(String baseUrl, Consumer<Application> test, String... properties) {
		TasksClient
			.application(HttpStack.REACTOR_EPOLL, baseUrl, "handinger.await.initial-interval=1h",
					"handinger.await.max-interval=1h", "handinger.retry.max-backoff=1h")
			.withPropertyValues(properties)
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> test.accept(new Application(context)));
		await().atMost(PATIENCE).until(() -> this.timers.count() == 0);
		assertThat(newThreads()).isEmpty();
	}

	private List<String> newThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !this.threadsBefore.contains(thread))
			.map(Thread::getName)
			.filter((name) -> !THREADS_OF_OTHERS.contains(name.replaceAll("(-\\d+)+$", "")))
			.toList();
	}

	private void awaitNothing(Application application) {
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(this.timers.count()).as("timers").isEqualTo(application.timers);
			assertThat(application.acquired()).as("connections in use").isZero();
			assertThat(application.pending()).as("places in the queue").isZero();
		});
	}

	@ParameterizedTest
	@EnumSource(Call.class)
	void whileItWaitsForTheAnswer(Call call) {
		try (TasksServer server = TasksServer.start(Exchange::run, Exchange::run)) {
			with(server.url(), (application) -> {
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE).until(() -> server.posts() + server.lookUps() == 1);
				subscription.dispose();
				awaitNothing(application);
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(Call.class)
	void whileTheAnswerComes(Call call) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().write(START_OF_AN_ANSWER),
				(exchange) -> exchange.run().write(START_OF_AN_ANSWER))) {
			with(server.url(), (application) -> {
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE).until(() -> server.posts() + server.lookUps() == 1);
				subscription.dispose();
				awaitNothing(application);
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "CREATE", "RETRIEVE" })
	void betweenTwoLookUps(Call call) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(),
				(exchange) -> exchange.connection()
					.json(200, Json.task("tsk_1", (call == Call.FOLLOW_UP) ? "completed" : "running", 1)))) {
			with(server.url(), (application) -> {
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE)
					.until(() -> server.posts() + server.lookUps() > 0 && application.acquired() == 0
							&& this.timers.count() > application.timers);
				subscription.dispose();
				awaitNothing(application);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(Call.class)
	void whileItWaitsSinceThereWereTooManyRequests(Call call) {
		try (TasksServer server = TasksServer.start(LeftoversTests::reject, LeftoversTests::reject)) {
			with(server.url(), (application) -> {
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE)
					.until(() -> server.posts() + server.lookUps() == 1 && application.acquired() == 0
							&& this.timers.count() > application.timers);
				subscription.dispose();
				awaitNothing(application);
			});
		}
	}

	private static void reject(Exchange exchange) throws IOException {
		exchange.connection().json(429, Json.error("Too many."), "Retry-After: 3000");
	}

	@ParameterizedTest
	@EnumSource(names = { "CREATE", "RUN" })
	void whileItWaitsForAConnection(Call call) {
		try (TasksServer server = TasksServer.start(Exchange::run)) {
			with(server.url(), (application) -> {
				Disposable other = application.start(Call.CREATE);
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE).until(() -> application.pending() == 1);
				subscription.dispose();
				await().atMost(PATIENCE).until(() -> application.pending() == 0);
				other.dispose();
				awaitNothing(application);
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
				assertThat(server.posts()).isEqualTo(1);
			}, "handinger.max-connections=1");
		}
	}

	@ParameterizedTest
	@EnumSource(Call.class)
	void whileItConnects(Call call) throws IOException {
		try (FullServer server = new FullServer()) {
			with("http://localhost:" + server.port(), (application) -> {
				Disposable subscription = application.start(call);
				await().atMost(PATIENCE).until(() -> application.open() == 1);
				subscription.dispose();
				awaitNothing(application);
			}, "handinger.connect-timeout=1h");
		}
	}

	@ParameterizedTest
	@EnumSource(Call.class)
	void whenItIsDone(Call call) {
		try (TasksServer server = TasksServer.start().runTime(Duration.ZERO).withTask("tsk_1", 1)) {
			with(server.url(), (application) -> {
				assertThat(Flux.from(call.call.apply(application.client)).blockLast(PATIENCE)).isNotNull();
				awaitNothing(application);
			});
			await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
		}
	}

	/**
	 * An application with the client, and a look into its pools.
	 */
	private final class Application {

		private final HandingerTasksClient client;

		private final HandingerConnectors connectors;

		private final MeterRegistry registry;

		/**
		 * Those that are there as long as the application is.
		 */
		private final int timers = LeftoversTests.this.timers.count();

		Application(ApplicationContext context) {
			this.client = context.getBean(HandingerTasksClient.class);
			this.connectors = context.getBean(HandingerConnectors.class);
			this.registry = context.getBean(MeterRegistry.class);
		}

		Disposable start(Call call) {
			return Flux.from(call.call.apply(this.client)).subscribe();
		}

		double acquired() {
			return sum("active");
		}

		double pending() {
			return sum("pending");
		}

		private double sum(String state) {
			return this.registry.get("handinger.connections." + state)
				.gauges()
				.stream()
				.mapToDouble(Gauge::value)
				.sum();
		}

		/**
		 * Return how many connections there are, or will be.
		 */
		int open() {
			Object pools = ReflectionTestUtils.getField(this.connectors, "pools");
			return ((Set<?>) ReflectionTestUtils.getField(pools, "connections")).size();
		}

	}

	/**
	 * A server that accepts no further connection, and does not refuse it either.
	 */
	private static final class FullServer implements AutoCloseable {

		private final ServerSocket serverSocket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

		private final List<Socket> sockets = new ArrayList<>();

		FullServer() throws IOException {
			boolean full = false;
			while (!full) {
				full = !connect();
			}
		}

		private boolean connect() throws IOException {
			Socket socket = new Socket();
			this.sockets.add(socket);
			try {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), 500);
				return true;
			}
			catch (SocketTimeoutException ex) {
				return false;
			}
		}

		int port() {
			return this.serverSocket.getLocalPort();
		}

		@Override
		public void close() throws IOException {
			for (Socket socket : this.sockets) {
				socket.close();
			}
			this.serverSocket.close();
		}

	}

}
