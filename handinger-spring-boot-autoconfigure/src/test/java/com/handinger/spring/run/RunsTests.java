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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Each state of a durable run, and the way to the next, in each database.
 */
class RunsTests {

	private static final CreateTask TASK = CreateTask.of("What is the weather in Barcelona?").withWorkerId("wrk_1");

	private static final String DATABASES = "com.handinger.spring.run.TestDatabase#available";

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runIsSentOnceAndItsEndIsPublishedOnceWithItsKey(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			DurableRun run = application.runs().submit("order-42", TASK);
			assertThat(run.state()).isEqualTo(RunState.REQUESTED);
			assertThat(run.joined()).isFalse();
			application.awaitState("order-42", RunState.DONE);
			assertThat(application.notes()).containsExactly("finished order-42");
			assertThat(handinger.posts()).isEqualTo(1);
			assertThat(handinger.taskIds()).containsExactly(run.taskId());
			TaskFinishedEvent event = application.events().finished().get(0);
			assertThat(event.source()).isEqualTo(Source.RUN);
			assertThat(event.taskId()).isEqualTo(run.taskId());
			assertThat(event.status()).isEqualTo(TaskStatus.COMPLETED);
			assertThat(event.task()).isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runIsStoredInTheTransactionOfItsCaller(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.transaction().executeWithoutResult((status) -> {
				application.runs().submit("lost", TASK);
				assertThat(application.runs().find("lost")).isPresent();
				status.setRollbackOnly();
			});
			application.transaction().executeWithoutResult((status) -> {
				application.jdbc().update("insert into notes (note) values ('order')");
				application.runs().submit("kept", TASK);
			});
			application.awaitNotes("order", "finished kept");
			assertThat(application.runs().find("lost")).isEmpty();
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void poolWithoutAutoCommitIsCommitted(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger, "test.auto-commit=false")) {
			application.runs().submit("order-42", TASK);
			application.transaction().executeWithoutResult((status) -> application.runs().submit("order-43", TASK));
			application.awaitNotes("finished order-42", "finished order-43");
			assertThat(handinger.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void knownKeyJoinsItsRun(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			DurableRun first = application.runs().submit("order-42", TASK);
			DurableRun second = application.runs().submit("order-42", CreateTask.of("another"));
			assertThat(second.joined()).isTrue();
			assertThat(second.taskId()).isEqualTo(first.taskId());
			application.awaitState("order-42", RunState.DONE);
			DurableRun third = application.runs().submit("order-42", TASK);
			assertThat(third.joined()).isTrue();
			assertThat(third.state()).isEqualTo(RunState.DONE);
			DurableRun other = application.runs().submit("Order-42", TASK);
			assertThat(other.joined()).as("upper and lower case differ").isFalse();
			application.awaitState("Order-42", RunState.DONE);
			assertThat(handinger.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void transactionsThatSubmitOneKeyAtOnceAreAllCommittedAndJoin(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			for (int round = 0; round < 10; round++) {
				String key = "order-" + round;
				List<CompletableFuture<DurableRun>> submits = IntStream.range(0, 2)
					.mapToObj((i) -> CompletableFuture.supplyAsync(() -> application.transaction().execute((status) -> {
						application.jdbc().update("insert into notes (note) values ('" + key + "')");
						return application.runs().submit(key, TASK);
					})))
					.toList();
				assertThat(submits).extracting((submit) -> submit.join().joined()).containsOnlyOnce(false);
				assertThat(submits).extracting((submit) -> submit.join().taskId())
					.containsOnly(submits.get(0).join().taskId());
				application.awaitState(key, RunState.DONE);
			}
			assertThat(application.notes()).filteredOn((note) -> note.equals("order-3")).hasSize(2);
			assertThat(handinger.posts()).isEqualTo(10);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void nextProcessContinuesTheRun(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start().runTime(Duration.ofSeconds(2))) {
			try (RunsApplication application = RunsApplication.start(database, handinger)) {
				application.runs().submit("order-42", TASK);
				Awaitility.await().atMost(RunsApplication.PATIENCE).until(() -> !handinger.taskIds().isEmpty());
			}
			try (RunsApplication application = RunsApplication.start(database, handinger)) {
				application.awaitNotes("finished order-42");
			}
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runThatWasNotSentIsSentByTheNextProcess(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start()) {
			handinger.stop();
			try (RunsApplication application = RunsApplication.start(database, handinger)) {
				application.runs().submit("order-42", TASK);
			}
			handinger.restart();
			try (RunsApplication application = RunsApplication.start(database, handinger)) {
				application.awaitNotes("finished order-42");
			}
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void rejectedRunIsRequestedAgain(TestDatabase kind) {
		AtomicInteger taken = new AtomicInteger();
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start((exchange) -> {
			if (exchange.number() <= 4) {
				exchange.connection().json(429, Json.error("Slow down."));
			}
			else {
				taken.incrementAndGet();
				exchange.answer();
			}
		});
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.retry.max-attempts=1", "test.auto-commit=false")) {
			application.runs().submit("order-42", TASK);
			application.awaitNotes("finished order-42");
			assertThat(taken).hasValue(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void refusedRunIsPublishedOnce(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer
					.start((exchange) -> exchange.connection().json(404, Json.error("No such worker.")));
				RunsApplication application = RunsApplication.start(database, handinger, "test.auto-commit=false")) {
			application.runs().submit("order-42", TASK);
			application.awaitState("order-42", RunState.REFUSED);
			assertThat(application.notes()).containsExactly("refused order-42 404");
			assertThat(handinger.posts()).isEqualTo(1);
			assertThat(application.runs().submit("order-42", TASK).joined()).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runWithoutATraceIsUnknownUntilAPersonSendsItAgain(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().close();
			}
			else {
				exchange.answer();
			}
		}); RunsApplication application = RunsApplication.start(database, handinger)) {
			DurableRun run = application.runs().submit("order-42", TASK);
			assertThatIllegalStateException().isThrownBy(() -> application.runs().resend("order-42", TASK))
				.withMessageContaining("not UNKNOWN");
			application.awaitState("order-42", RunState.UNKNOWN);
			assertThat(application.notes()).containsExactly("unknown order-42");
			assertThat(application.runs().unknown()).extracting(DurableRun::key).containsExactly("order-42");
			assertThat(application.runs().submit("order-42", TASK).joined()).isTrue();
			assertThat(handinger.posts()).isEqualTo(1);
			DurableRun resent = application.runs().resend("order-42", TASK);
			assertThat(resent.state()).isEqualTo(RunState.REQUESTED);
			assertThat(resent.taskId()).isNotEqualTo(run.taskId());
			application.awaitNotes("unknown order-42", "finished order-42");
			assertThat(application.runs().unknown()).isEmpty();
			assertThat(handinger.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runThatWasNotSentCanBeCancelled(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.transaction().executeWithoutResult((status) -> {
				application.runs().submit("order-42", TASK);
				assertThat(application.runs().cancel("order-42")).isTrue();
			});
			assertThat(application.runs().find("order-42")).isEmpty();
			application.runs().submit("order-42", TASK);
			application.awaitState("order-42", RunState.DONE);
			assertThat(application.runs().cancel("order-42")).isFalse();
			assertThat(application.runs().cancel("other")).isFalse();
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void furtherTurnsOfATaskAreSentOneAfterTheOther(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.transaction().executeWithoutResult((status) -> {
				application.runs().submit("first", TASK.withTaskId("tsk_1"));
				application.runs().submit("second", TASK.withTaskId("tsk_1"));
			});
			application.awaitNotes("finished first", "finished second");
			assertThat(application.events().finished()).extracting(TaskFinishedEvent::key)
				.containsExactlyInAnyOrder("tsk_1#2", "tsk_1#3");
			assertThat(handinger.turns("tsk_1")).isEqualTo(3);
			assertThat(handinger.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void listenerThatFailsIsCalledAgainAndItsWorkIsRolledBack(TestDatabase kind) {
		AtomicInteger calls = new AtomicInteger();
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.events().before((event) -> {
				if (calls.incrementAndGet() < 3) {
					throw new IllegalStateException("This is just a test");
				}
			});
			application.runs().submit("order-42", TASK);
			application.awaitState("order-42", RunState.DONE);
			assertThat(application.notes()).containsExactly("finished order-42");
			assertThat(calls).hasValue(3);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void rowOfAnEndedRunIsRemovedAfterItsRetention(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.runs.retention=500ms")) {
			application.runs().submit("order-42", TASK);
			application.awaitNotes("finished order-42");
			Awaitility.await()
				.atMost(RunsApplication.PATIENCE)
				.until(() -> application.runs().find("order-42").isEmpty());
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void inputIsRemovedFromTheRowWhenTheRunIsSent(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.transaction().executeWithoutResult((status) -> {
				application.runs().submit("order-42", TASK);
				assertThat(data(application)).contains("Barcelona");
			});
			application.awaitState("order-42", RunState.DONE);
			assertThat(data(application)).doesNotContain("Barcelona");
		}
	}

	private static String data(RunsApplication application) {
		return application.jdbc()
			.queryForObject("select task_data from handinger_runs",
					(row, number) -> new String(row.getBytes("task_data")));
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void runThatTurnsUpAfterAllIsDone(TestDatabase kind) {
		AtomicBoolean hidden = new AtomicBoolean(true);
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start(Exchange::answer, (exchange) -> {
					if (hidden.get()) {
						exchange.connection().json(404, Json.error("No such task."));
					}
					else {
						exchange.answer();
					}
				});
				RunsApplication application = RunsApplication.start(database, handinger)) {
			application.runs().submit("order-42", TASK);
			application.awaitState("order-42", RunState.UNKNOWN);
			hidden.set(false);
			application.jdbc().update("update handinger_runs set execution_time = '2020-01-01 00:00:00'");
			application.awaitNotes("unknown order-42", "finished order-42");
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void outageAfterTheRequestIsNoTraceOfItsAbsence(TestDatabase kind) {
		AtomicBoolean out = new AtomicBoolean();
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start((exchange) -> {
			out.set(true);
			exchange.run().close();
		}, (exchange) -> {
			if (out.get()) {
				exchange.connection().json(503, Json.error("Sorry."));
			}
			else {
				exchange.answer();
			}
		});
				RunsApplication application = RunsApplication.start(database, handinger,
						"handinger.retry.max-attempts=1")) {
			application.runs().submit("order-42", TASK);
			Awaitility.await().atMost(RunsApplication.PATIENCE).untilTrue(out);
			Awaitility.await()
				.during(Duration.ofSeconds(2))
				.atMost(RunsApplication.PATIENCE)
				.until(() -> application.runs().find("order-42").orElseThrow().state() == RunState.SENT);
			out.set(false);
			application.awaitNotes("finished order-42");
			assertThat(handinger.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void furtherTurnWithoutATraceIsUnknownAndCanBeSentAgain(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open(); TasksServer handinger = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().close();
			}
			else {
				exchange.answer();
			}
		}).withTask("tsk_1", 1); RunsApplication application = RunsApplication.start(database, handinger)) {
			CreateTask turn = TASK.withTaskId("tsk_1");
			application.runs().submit("order-42", turn);
			application.awaitState("order-42", RunState.UNKNOWN);
			application.runs().resend("order-42", turn);
			application.awaitNotes("unknown order-42", "finished order-42");
			assertThat(application.events().finished().get(0).key()).isEqualTo("tsk_1#2");
		}
	}

	@Test
	void schedulerAndTaskAreNoBeans() {
		try (TestDatabase.Instance database = TestDatabase.H2.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger)) {
			assertThat(application.context().getBeanNamesForType(Scheduler.class)).isEmpty();
			assertThat(application.context().getBeanNamesForType(Task.class)).isEmpty();
		}
	}

}
