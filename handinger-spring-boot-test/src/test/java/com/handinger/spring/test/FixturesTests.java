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

package com.handinger.spring.test;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;

import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerFile;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the fixtures.
 */
class FixturesTests {

	private static final WorkerFile FILE = new WorkerFile("forecast.csv", "text/csv",
			"https://handinger.com/files/forecast.csv", 3L);

	@Test
	void completedTaskHasItsOutput() {
		TaskWithTurns task = TestTasks.completed("Sunny.");
		assertThat(task.hasEnded()).isTrue();
		assertThat(task.task().status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(task.outputText()).isEqualTo("Sunny.");
		assertThat(task.turnCount()).isEqualTo(1);
	}

	@Test
	void failedTaskIsThatOfAnException() {
		TaskWithTurns task = TestTasks.failed("There is no such city.");
		assertThat(task.hasEnded()).isTrue();
		assertThat(task.task().status()).isEqualTo(TaskStatus.ERROR);
		assertThat(new TaskFailedException(task)).hasMessageContaining(TestTasks.ID);
	}

	@Test
	void abortedTaskHasEnded() {
		assertThat(TestTasks.aborted().hasEnded()).isTrue();
		assertThat(TestTasks.aborted().task().status()).isEqualTo(TaskStatus.ABORTED);
	}

	@Test
	void runningTaskHasNoOutput() {
		TaskWithTurns task = TestTasks.withStructuredOutput(Map.of("city", "Barcelona")).withFiles(FILE).running();
		assertThat(task.hasEnded()).isFalse();
		assertThat(task.task().completedAt()).isNull();
		assertThat(task.outputText()).isEmpty();
		assertThat(task.files()).isEmpty();
	}

	@Test
	void taskHasWhatDiffers() {
		TaskWithTurns task = TestTasks.withId("tsk_7")
			.withWorkerId("wrk_7")
			.withTitle("Forecast")
			.withInput("Weather?")
			.withStructuredOutput(new Forecast("Barcelona", LocalDate.of(2026, 11, 30)))
			.withFiles(FILE)
			.withCredits(7)
			.withDuration(Duration.ofMinutes(2))
			.withCreatedAt(Instant.EPOCH)
			.withTrigger(TaskTrigger.SCHEDULE)
			.completed("Sunny.");
		assertThat(task.task().id()).isEqualTo("tsk_7");
		assertThat(task.task().workerId()).isEqualTo("wrk_7");
		assertThat(task.task().title()).isEqualTo("Forecast");
		assertThat(task.task().completedAt()).isEqualTo(Instant.EPOCH.plusSeconds(120));
		assertThat(task.task().totals().credits()).isEqualTo(7);
		assertThat(task.task().totals().durationMs()).isEqualTo(120_000);
		assertThat(task.task().triggeredBy()).isEqualTo(TaskTrigger.SCHEDULE);
		assertThat(task.turns()).singleElement().satisfies((turn) -> assertThat(turn.input()).isEqualTo("Weather?"));
		assertThat(task.structuredOutput(Forecast.class))
			.isEqualTo(new Forecast("Barcelona", LocalDate.of(2026, 11, 30)));
		assertThat(task.files()).containsExactly(FILE);
	}

	@Test
	void followUpHasEarlierTurns() {
		TaskWithTurns task = TestTasks.withEarlierTurn("Today?", "Sunny.").withInput("Tomorrow?").completed("Rainy.");
		assertThat(task.outputText()).isEqualTo("Rainy.");
		assertThat(task.turns()).extracting(Turn::input).containsExactly("Today?", "Tomorrow?");
		assertThat(task.turns()).extracting(Turn::seq).containsExactly(0L, 1L);
		assertThat(task.turnCount()).isEqualTo(2);
	}

	@Test
	void buildersDoNotChange() {
		TestTasks.Builder base = TestTasks.withWorkerId("wrk_7");
		assertThat(base.withId("tsk_7").completed("Sunny.").task().id()).isEqualTo("tsk_7");
		assertThat(base.completed("Sunny.").task().id()).isEqualTo(TestTasks.ID);
	}

	@Test
	void fixturesThatAreMadeInTheSameWayAreEqual() {
		assertThat(TestTasks.completed("Sunny.")).isEqualTo(TestTasks.completed("Sunny."));
		assertThat(TestWorkers.answered("Sunny.")).isEqualTo(TestWorkers.answered("Sunny."));
	}

	@Test
	void structuredOutputIsAnObject() {
		assertThatIllegalArgumentException().isThrownBy(() -> TestTasks.withStructuredOutput("Sunny."))
			.withMessage("Structured output has to be a map or an object such as a record, "
					+ "and not of the class java.lang.String.");
	}

	@Test
	void workerHasItsAnswer() {
		Worker worker = TestWorkers.withId("wrk_7")
			.withTaskId("tsk_7")
			.withStructuredOutput(Map.of("city", "Barcelona", "date", "2026-11-30"))
			.withFiles(FILE)
			.withSources(new Worker.Source("src_1", "Weather", "url", "https://example.com"))
			.withCredits(7)
			.withDuration(Duration.ofMinutes(2))
			.withCreatedAt(Instant.EPOCH)
			.answered("Sunny.");
		assertThat(worker.id()).isEqualTo("wrk_7");
		assertThat(worker.outputText()).isEqualTo("Sunny.");
		assertThat(worker.metadata()).containsEntry("taskId", "tsk_7");
		assertThat(worker.running()).isFalse();
		assertThat(worker.usage()).isEqualTo(new Worker.Usage(7L, 120_000L));
		assertThat(worker.sources()).hasSize(1);
		assertThat(worker.files()).containsExactly(FILE);
		assertThat(worker.createdAt()).isEqualTo(Instant.EPOCH);
		assertThat(worker.structuredOutput(Forecast.class))
			.isEqualTo(new Forecast("Barcelona", LocalDate.of(2026, 11, 30)));
	}

	@Test
	void eventIsThatOfItsTask() {
		TaskWithTurns task = TestTasks.withId("tsk_7").withEarlierTurn("Today?", "Sunny.").completed("Rainy.");
		TaskFinishedEvent event = TestEvents.finished(task);
		assertThat(event.key()).isEqualTo("tsk_7#2");
		assertThat(event.workerId()).isEqualTo(TestTasks.WORKER_ID);
		assertThat(event.status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(event.arrivedAt()).isEqualTo(task.task().completedAt());
		assertThat(event.source()).isEqualTo(TaskFinishedEvent.Source.DELIVERY);
		assertThat(event.body()).containsEntry("taskId", "tsk_7").containsEntry("status", "completed");
		assertThat(event.outputText()).isEqualTo("Rainy.");
	}

	@Test
	void eventHasWhatDiffers() {
		TaskFinishedEvent event = TestEvents.withSource(TaskFinishedEvent.Source.RECONCILIATION)
			.withArrivedAt(Instant.EPOCH)
			.withBody(Map.of("id", "tsk_test"))
			.finished(TestTasks.failed("There is no such city."));
		assertThat(event.source()).isEqualTo(TaskFinishedEvent.Source.RECONCILIATION);
		assertThat(event.arrivedAt()).isEqualTo(Instant.EPOCH);
		assertThat(event.body()).isEqualTo(Map.of("id", "tsk_test"));
	}

	@Test
	void eventOfAMissedDeliveryHasNoBody() {
		assertThat(TestEvents.withSource(TaskFinishedEvent.Source.RECONCILIATION)
			.finished(TestTasks.completed("Sunny."))
			.body()).isEmpty();
	}

	@Test
	void eventOfARunningTaskIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> TestEvents.finished(TestTasks.running()))
			.withMessageContaining("an event needs one that has ended");
	}

	/**
	 * A type of an application.
	 *
	 * @param city the city
	 * @param date the date
	 */
	record Forecast(String city, LocalDate date) {
	}

}
