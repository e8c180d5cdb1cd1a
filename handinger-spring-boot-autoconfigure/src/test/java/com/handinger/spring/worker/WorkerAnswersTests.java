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

package com.handinger.spring.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How the answers of the API are read, also those that are not quite what they should be.
 */
class WorkerAnswersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static HandingerWorkersClient client(String answer) {
		return new DefaultHandingerWorkersClient(FakeNetwork.transport((request) -> Mono
			.just(ClientResponse.create(HttpStatus.OK).header("Content-Type", "application/json").body(answer).build()),
				Duration.ofMillis(1)));
	}

	private static WorkerTemplate template(String answer) {
		return client(answer).update("wrk_1", UpdateWorker.nothing()).block(PATIENCE);
	}

	private static WorkerSchedules schedules(String answer) {
		return client(answer).schedules("wrk_1").block(PATIENCE);
	}

	private static Webhook webhook(String answer) {
		return client(answer).webhook("wrk_1").block(PATIENCE);
	}

	private static WebhookExecution execution(String answer) {
		return client("{\"logs\":[" + answer + "],\"page\":1,\"pageCount\":1,\"totalCount\":1}")
			.webhookExecutions("wrk_1")
			.blockFirst(PATIENCE);
	}

	@Test
	void templateIsReadAsTheContractNamesIt() {
		assertThat(template(Json.WORKER_TEMPLATE)).isEqualTo(new WorkerTemplate("wrk_1",
				Instant.parse("2026-07-01T10:00:00Z"), "Be brief.", "org_1", Map.of("type", "object"), "Writes",
				"Writer", null, "https://handinger.com/w/wrk_1", "usr_1", Visibility.PRIVATE));
	}

	@Test
	void fieldsThatAreMissingOrUnknownAreNoReasonToFail() {
		assertThat(template("{\"id\":\"wrk_1\",\"createdAt\":\"soon\",\"visibility\":\"team\",\"new\":{\"a\":[1]}}"))
			.isEqualTo(new WorkerTemplate("wrk_1", null, "", "", null, "", "", null, "", "", Visibility.UNKNOWN));
		assertThat(
				schedules("{\"schedules\":[{\"id\":\"sch_1\",\"type\":\"lunar\",\"budget\":7,\"new\":1}],\"new\":1}"))
			.isEqualTo(new WorkerSchedules(List.of(new WorkerSchedule("sch_1", Budget.UNKNOWN, "", Instant.EPOCH,
					ScheduleType.UNKNOWN, null, null, null)), null, ""));
		assertThat(webhook("{}")).isEqualTo(new Webhook(null, null));
		assertThat(execution("{\"id\":\"whx_1\",\"requestStatus\":\"pending\",\"createdAt\":null,\"new\":1}"))
			.isEqualTo(new WebhookExecution("whx_1", Instant.EPOCH, 0, null, WebhookExecution.RequestStatus.UNKNOWN,
					null, null, null, "", ""));
	}

	static Stream<Arguments> scheduleTypes() {
		return Stream.of(Arguments.of("\"type\":\"scheduled\"", ScheduleType.SCHEDULED, null, null, null),
				Arguments.of("\"type\":\"delayed\",\"delayInSeconds\":60", ScheduleType.DELAYED, 60L, null, null),
				Arguments.of("\"type\":\"cron\",\"cron\":\"* * * * *\"", ScheduleType.CRON, null, "* * * * *", null),
				Arguments.of("\"type\":\"interval\",\"intervalSeconds\":9", ScheduleType.INTERVAL, null, null, 9L));
	}

	@ParameterizedTest
	@MethodSource("scheduleTypes")
	void scheduleIsReadAsTheContractNamesIt(String json, ScheduleType type, Long delay, String cron, Long interval) {
		assertThat(schedules("{\"schedules\":[{\"id\":\"sch_1\",\"budget\":\"high\",\"input\":\"x\","
				+ "\"nextRunAt\":\"2026-07-01T12:00:00+02:00\"," + json
				+ "}],\"timezone\":\"Europe/Madrid\",\"workerId\":\"wrk_1\"}"))
			.isEqualTo(new WorkerSchedules(List.of(new WorkerSchedule("sch_1", Budget.HIGH, "x",
					Instant.parse("2026-07-01T10:00:00Z"), type, delay, cron, interval)), "Europe/Madrid", "wrk_1"));
	}

	@Test
	void webhookAndItsDeliveriesAreReadAsTheContractNamesThem() {
		assertThat(webhook(Json.WEBHOOK)).isEqualTo(new Webhook("whk_5ecret", "https://example.com/hook"));
		assertThat(execution("""
				{"id":"whx_1","createdAt":"2026-07-01T10:00:00Z","durationMs":120,"errorMessage":"Not found",
				"requestStatus":"error","responseStatus":404,"taskId":"tsk_1","taskTitle":"Weather",
				"url":"https://example.com/hook","workerId":"wrk_1"}""")).isEqualTo(new WebhookExecution("whx_1",
				Instant.parse("2026-07-01T10:00:00Z"), 120, "Not found", WebhookExecution.RequestStatus.ERROR, 404,
				"tsk_1", "Weather", "https://example.com/hook", "wrk_1"));
	}

	@Test
	void deliveriesAreReadAsLenientlyAsEverythingElse() {
		assertThat(execution("{\"id\":\"whx_1\",\"durationMs\":46032129.5,\"responseStatus\":\"204.0\"}"))
			.satisfies((execution) -> {
				assertThat(execution.durationMs()).isEqualTo(46032129);
				assertThat(execution.responseStatus()).isEqualTo(204);
			});
		assertThat(execution("1,null,{\"taskId\":\"tsk_1\",\"createdAt\":[],\"requestStatus\":{}}"))
			.satisfies((execution) -> {
				assertThat(execution.id()).isEqualTo("none of tsk_1 at null");
				assertThat(execution.requestStatus()).isEqualTo(WebhookExecution.RequestStatus.UNKNOWN);
			});
	}

	@Test
	void addressIsThatOfTheAnswer() {
		assertThat(client("{\"email\":\"a@in.handinger.com\"}").email("wrk_1").block(PATIENCE))
			.isEqualTo("a@in.handinger.com");
	}

	static Stream<Function<HandingerWorkersClient, Mono<?>>> calls() {
		return Stream.of((client) -> client.create(CreateWorker.of("x")), (client) -> client.delete("wrk_1"),
				(client) -> client.email("wrk_1"), (client) -> client.schedules("wrk_1"),
				(client) -> client.cancelSchedule("wrk_1", "sch_1"),
				(client) -> client.webhookExecutions("wrk_1").next());
	}

	@ParameterizedTest
	@MethodSource("calls")
	void answerWithoutWhatWasAskedForIsNone(Function<HandingerWorkersClient, Mono<?>> call) {
		StepVerifier.create(call.apply(client("{\"new\":1}")))
			.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(UnexpectedResponseException.class)
				.hasMessageContainingAll("'", "check handinger.base-url"))
			.verify(PATIENCE);
	}

}
