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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.task.TaskHandle;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.handinger.spring.worker.CreateSchedule;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.When;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the clients of the library on the simulator's clock: whatever takes hours
 * takes moments, and nothing is paid for twice.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "spring.main.web-application-type=reactive")
@AutoConfigureHandingerSimulator
@Timeout(20)
class SimulatedTimeTests {

	private static final Duration HOUR = Duration.ofHours(1);

	@Autowired
	private HandingerSimulator handinger;

	@Autowired
	private HandingerTasksClient tasks;

	@Autowired
	private HandingerWorkersClient workers;

	@Autowired
	private Listener listener;

	@Test
	void runOfAnHourEndsWhenTheClockHasMoved() {
		this.handinger.whenInput(containsString("report")).thenAnswer("Done.").after(HOUR);
		CompletableFuture<TaskWithTurns> run = this.tasks.run(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(HOUR);
		assertThat(run.join().outputText()).isEqualTo("Done.");
		assertThat(this.handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isOne());
	}

	@Test
	void startedTaskOfAnHourEndsWhenTheClockHasMoved() {
		this.handinger.whenInput(containsString("report")).thenAnswer("Done.").after(HOUR);
		TaskHandle handle = this.tasks.start(CreateTask.of("Write a report")).block();
		CompletableFuture<TaskWithTurns> end = this.tasks.await(Objects.requireNonNull(handle)).toFuture();
		this.handinger.advance(HOUR);
		assertThat(end.join().outputText()).isEqualTo("Done.");
	}

	@Test
	void createOfAnHourEndsWhenTheClockHasMoved() {
		this.handinger.whenInput(containsString("report")).thenAnswer("Done.").after(HOUR);
		CompletableFuture<Worker> created = this.tasks.create(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(HOUR);
		assertThat(created.join().outputText()).isEqualTo("Done.");
	}

	@Test
	void runOfAnHourSurvivesADroppedConnection() {
		this.handinger.whenInput(containsString("report")).thenAnswer("Done.").after(HOUR).thenDropConnection();
		CompletableFuture<TaskWithTurns> run = this.tasks.run(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(HOUR);
		assertThat(run.join().outputText()).isEqualTo("Done.");
		assertThat(this.handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isOne());
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 500, 502, 503, 504 })
	void runSurvivesAGatewayThatGivesUp(int status) {
		this.handinger.whenInput(containsString("report")).thenAnswer("Done.").after(HOUR).thenRespond(status);
		CompletableFuture<TaskWithTurns> run = this.tasks.run(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(HOUR);
		assertThat(run.join().outputText()).isEqualTo("Done.");
		assertThat(this.handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isOne());
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 30, 3600 })
	void rejectedRunIsSentAgainWhenTheClockHasMoved(long seconds) {
		Duration retryAfter = Duration.ofSeconds(seconds);
		this.handinger.whenInput(containsString("report")).thenReject(429, retryAfter).thenAnswer("Done.");
		Instant start = this.handinger.now();
		CompletableFuture<TaskWithTurns> run = this.tasks.run(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(retryAfter);
		assertThat(run.join().outputText()).isEqualTo("Done.");
		assertThat(Duration.between(start, this.handinger.now())).isBetween(retryAfter, retryAfter.plusSeconds(10));
		assertThat(this.handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isEqualTo(2));
	}

	@Test
	void rejectedCreateIsSentAgainWhenTheClockHasMoved() {
		this.handinger.whenInput(containsString("report"))
			.thenReject(429, Duration.ofSeconds(7))
			.thenAnswer("Done.")
			.after(HOUR);
		CompletableFuture<Worker> created = this.tasks.create(CreateTask.of("Write a report")).toFuture();
		this.handinger.advance(HOUR.plusSeconds(10));
		assertThat(created.join().outputText()).isEqualTo("Done.");
	}

	@Test
	void runsThatFollowEachOtherEndInOneMove() {
		this.handinger.whenInput((input) -> true).thenAnswer("Done.").after(HOUR);
		CompletableFuture<TaskWithTurns> runs = this.tasks.run(CreateTask.of("one"))
			.flatMap((first) -> this.tasks.run(CreateTask.of("two").withTaskId(first.task().id())))
			.toFuture();
		this.handinger.advance(HOUR.multipliedBy(3));
		assertThat(runs.join().turns()).hasSize(2);
	}

	@Test
	void heldTaskIsAwaitedUntilItIsFinished() {
		this.handinger.hold();
		this.handinger.whenInput("a").thenFail("No access.");
		this.tasks.create(CreateTask.of("a").withTaskId("tsk_1")).subscribe();
		this.handinger.awaitTasks(1);
		CompletableFuture<TaskWithTurns> end = this.tasks.await("tsk_1").toFuture();
		assertThat(end).isNotDone();
		this.handinger.finish("tsk_1");
		assertThat(end).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(TaskFailedException.class,
					(failed) -> assertThat(failed.task().task().status()).isEqualTo(TaskStatus.ERROR));
	}

	@Test
	void scheduledTasksReachTheListener() {
		this.handinger.addWorker("wrk_1");
		this.handinger.whenWorker("wrk_1").thenAnswer("Good morning.");
		this.workers.schedule("wrk_1", CreateSchedule.of("Report", When.cron("0 9 * * *"))).block();
		this.handinger.advance(Duration.ofDays(2));
		assertThat(this.handinger.tasks()).hasSize(2);
		assertThat(this.listener.of("wrk_1")).hasSize(2)
			.allSatisfy((event) -> assertThat(event.outputText()).isEqualTo("Good morning."));
	}

	@Test
	void listenerIsCalledOnceForADuplicateAndNeverForAForgedDelivery() {
		this.handinger.whenWorker("wrk_2").loseWebhook();
		TaskWithTurns task = this.tasks.run(CreateTask.of("a").withWorkerId("wrk_2")).block();
		assertThat(this.handinger.deliverForged(task.task().id()).responseStatus()).isEqualTo(401);
		assertThat(this.listener.of("wrk_2")).isEmpty();
		assertThat(this.handinger.deliver(task.task().id()).responseStatus()).isEqualTo(204);
		assertThat(this.handinger.deliver(task.task().id()).responseStatus()).isEqualTo(204);
		assertThat(this.listener.of("wrk_2")).hasSize(1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		private final List<TaskFinishedEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void onTaskFinished(TaskFinishedEvent event) {
			this.events.add(event);
		}

		List<TaskFinishedEvent> of(String workerId) {
			return this.events.stream().filter((event) -> event.workerId().equals(workerId)).toList();
		}

	}

}
