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

import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.core.io.ClassPathResource;
import org.mockito.Answers;
import java.sql.SQLException;
import java.util.Locale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.handinger.spring.health.HandingerHealthIndicator;
import com.handinger.spring.support.EnableBareAutoConfiguration;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.util.ReflectionTestUtils;

import static org.mockito.Mockito.mock;
import static org.mockito.BDDMockito.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Durable runs beside the webhook, other instances, few connections, files, and the end
 * of the application.
 */
@ExtendWith(OutputCaptureExtension.class)
class RunsInTheWorldTests {

	private static final CreateTask TASK = CreateTask.of("What is the weather in Barcelona?").withWorkerId("wrk_1");

	private static final String DATABASES = "com.handinger.spring.run.TestDatabase#available";

	/**
	 * Returns the result of a task some time after it has ended.
	 */
	private static TasksServer slowToAnswer(CountDownLatch answer) {
		return TasksServer.start((exchange) -> {
			exchange.run();
			await(answer);
			exchange.connection().json(200, Json.WORKER);
		});
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int deliver(RunsApplication application, String taskId) {
		int port = ((WebServerApplicationContext) application.context()).getWebServer().getPort();
		try {
			return HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/handinger/webhook"))
					.header("X-Handinger-Token", "whs_test_1")
					.POST(BodyPublishers.ofString("{\"taskId\":\"" + taskId + "\"}"))
					.build(), BodyHandlers.discarding())
				.statusCode();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RunRequests requests(RunsApplication application) {
		return (RunRequests) ReflectionTestUtils.getField(ReflectionTestUtils.getField(application.runs(), "engine"),
				"requests");
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void endThatIsDeliveredHasTheKeyOfTheRunAndIsPublishedOnce(TestDatabase kind) {
		CountDownLatch answer = new CountDownLatch(1);
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = slowToAnswer(answer);
				RunsApplication application = RunsApplication.start(database, handinger,
						"spring.main.web-application-type=servlet", "server.port=0", "handinger.webhook.enabled=true",
						"handinger.webhook.tokens=whs_test_1", "handinger.runs.visit-interval=1h")) {
			DurableRun run = application.runs().submit("order-42", TASK);
			Awaitility.await().atMost(RunsApplication.PATIENCE).until(() -> handinger.turns(run.taskId()) == 1);
			assertThat(deliver(application, run.taskId())).isEqualTo(204);
			TaskFinishedEvent event = application.events().finished().get(0);
			assertThat(event.source()).isEqualTo(Source.DELIVERY);
			assertThat(event.runKey()).isEqualTo("order-42");
			answer.countDown();
			application.awaitState("order-42", RunState.DONE);
			assertThat(application.notes()).containsExactly("finished order-42");
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void twoInstancesShareTheRunsAndSendEachOnce(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication first = RunsApplication.start(database, handinger);
				RunsApplication second = RunsApplication.start(database, handinger)) {
			IntStream.range(0, 20).forEach((i) -> ((i % 2 == 0) ? first : second).runs().submit("order-" + i, TASK));
			first.awaitNotes(IntStream.range(0, 20).mapToObj((i) -> "finished order-" + i).toArray(String[]::new));
			assertThat(handinger.posts()).isEqualTo(20);
			Awaitility.await()
				.atMost(RunsApplication.PATIENCE)
				.until(() -> requests(first).size() + requests(second).size() == 0);
		}
	}

	@Test
	void requestIsForgottenAfterAnotherInstanceHasSeenTheEnd() {
		CountDownLatch answer = new CountDownLatch(1);
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = slowToAnswer(answer);
				RunsApplication first = RunsApplication.start(database, handinger, "handinger.max-connections=1")) {
			first.runs().submit("order-42", TASK);
			first.awaitState("order-42", RunState.SENT);
			Awaitility.await().atMost(RunsApplication.PATIENCE).until(() -> handinger.posts() == 1);
			requests(first).sweep(Duration.ZERO);
			assertThat(requests(first).size()).isOne();
			first.jdbc().update("delete from handinger_runs");
			requests(first).sweep(Duration.ofHours(1));
			assertThat(requests(first).size()).isOne();
			requests(first).sweep(Duration.ZERO);
			assertThat(requests(first).size()).isZero();
			assertThat(requests(first).reserve()).isTrue();
			answer.countDown();
		}
	}

	@Test
	void runWaitsForAConnectionBeforeItsStateIsSent() {
		CountDownLatch answer = new CountDownLatch(1);
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = slowToAnswer(answer).runTime(Duration.ofHours(1));
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.max-connections=1")) {
			application.runs().submit("first", TASK);
			application.awaitState("first", RunState.SENT);
			application.runs().submit("second", TASK);
			Awaitility.await()
				.during(Duration.ofSeconds(2))
				.atMost(RunsApplication.PATIENCE)
				.until(() -> application.runs().find("second").orElseThrow().state() == RunState.REQUESTED);
			assertThat(handinger.posts()).isOne();
			answer.countDown();
			application.awaitState("second", RunState.SENT);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void requestThatHasReachedNoConnectionAtTheEndOfTheApplicationIsRequestedAgain(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start()) {
			try (RunsApplication application = RunsApplication.start(database, handinger,
					"handinger.retry.initial-backoff=1h", "handinger.retry.max-backoff=1h")) {
				application.runs().submit("order-42", TASK);
				application.awaitState("order-42", RunState.DONE);
				handinger.stop();
				RunRequests requests = requests(application);
				assertThat(requests.reserve()).isTrue();
				RunData sent = RunData.requested("tsk_2", RunData.Request.of(TASK), Instant.now())
					.sent(RunData.NO_TASK, Instant.now());
				application.jdbc()
					.update("update handinger_runs set task_data = ?",
							(statement) -> statement.setBytes(1, new RunData.Json().serialize(sent)));
				requests.send("order-42", sent, RunData.Request.of(TASK));
				assertThat(requests.areInFlight("order-42", sent)).isTrue();
				RunData sentAgain = sent.requestedAgain(RunData.Request.of(TASK), Instant.now())
					.sent(RunData.NO_TASK, Instant.now().plusSeconds(1));
				assertThat(requests.areInFlight("order-42", sentAgain)).isFalse();
			}
			RunData data = database.jdbc()
				.queryForObject("select task_data from handinger_runs",
						(row, number) -> new RunData.Json().deserialize(RunData.class, row.getBytes("task_data")));
			assertThat(data.state()).isEqualTo(RunState.REQUESTED);
			assertThat(data.request()).isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void applicationThatEndsInTheMiddleOfEverythingLosesAndDoublesNothing(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start().runTime(Duration.ofMillis(700))) {
			for (int round = 0; round < 3; round++) {
				try (RunsApplication application = RunsApplication.start(database, handinger)) {
					int first = round * 10;
					IntStream.range(first, first + 10).forEach((i) -> application.runs().submit("order-" + i, TASK));
				}
			}
			try (RunsApplication application = RunsApplication.start(database, handinger)) {
				application
					.awaitNotes(IntStream.range(0, 30).mapToObj((i) -> "finished order-" + i).toArray(String[]::new));
			}
			assertThat(handinger.posts()).isEqualTo(30);
		}
	}

	@Test
	void listenersAtTheEndOfTheApplicationAreAwaited() {
		CountDownLatch called = new CountDownLatch(1);
		try (TestDatabase.Instance database = TestDatabase.H2.open(); TasksServer handinger = TasksServer.start()) {
			RunsApplication application = RunsApplication.start(database, handinger);
			application.events().before((event) -> {
				called.countDown();
				Awaitility.await().atMost(RunsApplication.PATIENCE).until(() -> application.context().isClosed());
			});
			application.runs().submit("order-42", TASK);
			await(called);
			application.close();
			assertThat(database.jdbc().queryForList("select note from notes", String.class))
				.containsExactly("finished order-42");
			assertThat(
					database.jdbc().queryForObject("select count(*) from handinger_runs where picked", Integer.class))
				.isZero();
		}
	}

	@Test
	void attachmentIsStoredByItsLocationAndReadWhenTheRunIsSent(@TempDir Path directory) throws IOException {
		Path file = directory.resolve("terms.txt");
		AtomicReference<String> body = new AtomicReference<>();
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start((exchange) -> {
					body.set(exchange.request().body());
					exchange.answer();
				});
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.runs().submit("order-42", TASK.withAttachment(Attachment.ofLocation(file.toUri().toString())));
			Awaitility.await()
				.during(Duration.ofMillis(500))
				.atMost(RunsApplication.PATIENCE)
				.until(() -> application.runs().find("order-42").orElseThrow().state() == RunState.REQUESTED);
			Files.writeString(file, "the small print", StandardCharsets.UTF_8);
			application.awaitState("order-42", RunState.DONE);
			assertThat(body.get()).contains("filename=\"terms.txt\"", "text/plain", "the small print");
		}
	}

	@Test
	void otherAttachmentsAreRefused() {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			CreateTask task = TASK.withAttachment(Attachment.of("a.txt", new ByteArrayResource(new byte[1])));
			assertThatIllegalArgumentException().isThrownBy(() -> application.runs().submit("order-42", task))
				.withMessageContainingAll("a.txt", "Attachment.ofLocation");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> application.runs().submit("order-42", TASK.withKey("order-42")))
				.withMessageContaining("leave out the key");
			assertThat(application.runs().find("order-42")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a ", " a", "a\nb", "\ud800" })
	void invalidKeyIsRefused(String key) {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			assertThatIllegalArgumentException().isThrownBy(() -> application.runs().submit(key, TASK))
				.withMessageContaining("1 to 100 characters");
			assertThatIllegalArgumentException().isThrownBy(() -> application.runs().find("x".repeat(101)));
		}
	}

	@Test
	void memoryOfTheEndsIsWarnedOfWhenTheFirstRunIsSubmitted(CapturedOutput output) {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger,
						WithoutClaimsApplication.class)) {
			assertThat(output).doesNotContain("in memory only");
			application.runs().submit("order-42", TASK);
			application.runs().submit("order-43", TASK);
			application.awaitNotes("finished order-42", "finished order-43");
			assertThat(output.getOut().split("in memory only", -1)).hasSize(2);
			assertThat(output).contains("JdbcMetadataStore");
		}
	}

	@Test
	void missingTableIsWarnedOfAndRefusesRuns(CapturedOutput output) {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.runs.jdbc.initialize-schema=never")) {
			assertThat(output).contains("There is no table handinger_runs", "initialize-schema=always");
			assertThatExceptionOfType(BadSqlGrammarException.class)
				.isThrownBy(() -> application.runs().submit("order-42", TASK))
				.withMessageContaining("handinger_runs");
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void tableMayHaveAnotherName(TestDatabase kind, @TempDir Path directory) throws IOException {
		Path script = directory.resolve("schema.sql");
		Files.writeString(script,
				new ClassPathResource("schema-" + kind.name().toLowerCase(Locale.ROOT) + ".sql", HandingerRuns.class)
					.getContentAsString(StandardCharsets.UTF_8)
					.replace("handinger_runs", "tasks_of_handinger"));
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.runs.jdbc.table-name=tasks_of_handinger",
						"handinger.runs.jdbc.schema=" + script.toUri())) {
			application.runs().submit("order-42", TASK);
			application.awaitNotes("finished order-42");
			assertThat(application.jdbc().queryForObject("select count(*) from tasks_of_handinger", Integer.class))
				.isOne();
		}
	}

	@Test
	void rowOfALaterVersionIsLeftAlone() {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.jdbc()
				.update("insert into handinger_runs (task_name, task_instance, task_data, execution_time, picked, "
						+ "version, task_id) values ('handinger-run', 'later', ?, current_timestamp, false, 1, 'tsk_1')",
						(statement) -> statement.setBytes(1,
								"{\"state\":\"PAUSED\",\"taskId\":\"tsk_1\"}".getBytes(StandardCharsets.UTF_8)));
			application.runs().submit("order-42", TASK);
			application.awaitNotes("finished order-42");
			assertThat(application.runs().unknown()).isEmpty();
			assertThat(application.jdbc()
				.queryForObject("select count(*) from handinger_runs where task_instance = 'later'", Integer.class))
				.isOne();
			assertThat(handinger.posts()).isOne();
		}
	}

	@Test
	void openRunsAreShownInHealthAndMeters() {
		CountDownLatch answer = new CountDownLatch(1);
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = slowToAnswer(answer).runTime(Duration.ofHours(1));
				RunsApplication application = RunsApplication.start(database, handinger, MeteredApplication.class,
						"handinger.health.cache-time=1ms")) {
			application.runs().submit("order-42", TASK);
			application.awaitState("order-42", RunState.SENT);
			Health health = application.context()
				.getBean(HandingerHealthIndicator.class)
				.health()
				.block(RunsApplication.PATIENCE);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).extracting("runs.sent.count").isEqualTo(1L);
			MeterRegistry meters = application.context().getBean(MeterRegistry.class);
			assertThat(meters.get("handinger.runs.open").tag("state", "sent").gauge().value()).isOne();
			assertThat(meters.get("handinger.runs.open").tag("state", "requested").gauge().value()).isZero();
			Awaitility.await()
				.atMost(RunsApplication.PATIENCE)
				.until(() -> meters.get("handinger.runs.oldest").tag("state", "sent").gauge().value() > 0);
			assertThat(meters.get("handinger.runs.visits").tag("state", "requested").timer().count()).isOne();
			answer.countDown();
		}
	}

	@Test
	void gaugesWaitOnceForADatabaseThatDoesNotAnswer() {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.health.cache-time=1h")) {
			DefaultHandingerRuns runs = application.context().getBean(DefaultHandingerRuns.class);
			application.jdbc().execute("alter table handinger_runs rename to gone");
			assertThatExceptionOfType(BadSqlGrammarException.class).isThrownBy(runs::open);
			assertThat(runs.open()).isEmpty();
			application.jdbc().execute("alter table gone rename to handinger_runs");
		}
	}

	/**
	 * The driver of SQL Server has an SQL state of its own.
	 */
	@Test
	void missingTableIsNoticedOnSqlServer() throws SQLException {
		DataSource dataSource = mock(DataSource.class, Answers.RETURNS_DEEP_STUBS);
		given(dataSource.getConnection().getMetaData().getDatabaseProductName()).willReturn("Microsoft SQL Server");
		given(dataSource.getConnection().createStatement())
			.willThrow(new SQLException("Invalid object name 'handinger_runs'.", "S0002", 208));
		assertThat(new RunStore(dataSource, "handinger_runs").hasTable()).isFalse();
	}

	@Test
	void listenerOnAnotherThreadIsRefusedAtStart() {
		try (TestDatabase.Instance database = TestDatabase.H2.open(); TasksServer handinger = TasksServer.start()) {
			assertThatExceptionOfType(ApplicationContextException.class)
				.isThrownBy(() -> RunsApplication.start(database, handinger, AsynchronousApplication.class))
				.havingRootCause()
				.withMessageContaining("A listener works on another thread");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class WithoutClaimsApplication {

		@Bean
		DataSource dataSource(TestDatabase.Instance database) {
			return database.pool(true);
		}

		@Bean
		RunsApplication.Events events(DataSource dataSource) {
			return new RunsApplication.Events(new JdbcTemplate(dataSource));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RunsApplication.Application.class)
	static class MeteredApplication {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RunsApplication.Application.class)
	static class AsynchronousApplication {

		@Bean
		AsynchronousListener listener() {
			return new AsynchronousListener();
		}

	}

	static class AsynchronousListener {

		@EventListener
		Mono<Void> onFinished(TaskFinishedEvent event) {
			return Mono.empty();
		}

	}

}
