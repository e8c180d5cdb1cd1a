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

import reactor.core.scheduler.Schedulers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Json;
import com.handinger.spring.worker.DefaultHandingerWorkersClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A paid answer is not thrown away since one of its fields is not of the documented type.
 */
@ExtendWith(OutputCaptureExtension.class)
class OddAnswersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static HandingerTasksClient client(UnaryOperator<String> server) {
		return new DefaultHandingerTasksClient(FakeNetwork.transport((request) -> answer(request, server)),
				new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMillis(500)),
				Schedulers.parallel(), ObservationRegistry.NOOP, null, new TaskWaiters());
	}

	private static Mono<ClientResponse> answer(ClientRequest request, UnaryOperator<String> server) {
		return Mono.just(ClientResponse.create(HttpStatus.OK)
			.header("Content-Type", "application/json")
			.body(server.apply(request.url().getPath()))
			.build());
	}

	@Test
	void oddFieldOfAPaidAnswerIsNamedOnceAndKeptRaw(CapturedOutput output) {
		Worker worker = client((path) -> """
				{"id":"wrk_1","output_text":"Sunny.","structured_output":[{"geheim":"geheim"}],
				"files":["geheim",{"size":"geheim"}]}""").create(CreateTask.of("x").withTaskId("tsk_1"))
			.block(PATIENCE);
		assertThat(worker.outputText()).isEqualTo("Sunny.");
		assertThat(worker.structuredOutput()).isNull();
		assertThat(worker.rawFields()).containsOnly(Map.entry("structured_output", List.of(Map.of("geheim", "geheim"))),
				Map.entry("files[0]", "geheim"), Map.entry("files[1].size", "geheim"));
		assertThat(output.getAll().lines().filter((line) -> line.contains("structured_output"))).singleElement()
			.asString()
			.contains("WARN", "POST /api/tasks", "tsk_1", "structured_output, files[0], files[1].size", "rawFields()");
		assertThat(output).doesNotContain("geheim");
	}

	@Test
	void lineOfTheLogStaysShort(CapturedOutput output) {
		client((path) -> "{\"id\":\"wrk_1\",\"files\":[" + "1,".repeat(900) + "1],\"" + "n".repeat(10_000) + "\":1}")
			.create(CreateTask.of("x"))
			.block(PATIENCE);
		assertThat(output.getAll().lines().filter((line) -> line.contains("files[9] and 891 more"))).singleElement()
			.asString()
			.hasSizeLessThan(1000);
	}

	@Test
	void pollingNamesAFieldOnce(CapturedOutput output) {
		String task = "{\"task\":" + Json.TASK.replace("\"Weather\"", "{}") + ",\"turns\":[]}";
		HandingerTasksClient client = client((path) -> task);
		for (int i = 0; i < 3; i++) {
			TaskWithTurns read = client.retrieve("tsk_1").block(PATIENCE);
			assertThat(read.rawFields()).containsOnly(Map.entry("task.title", Map.of()));
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("task.title"))).hasSize(1);
	}

	@Test
	void turnsFromTheirOwnAddressKeepTheirRawFields() {
		String turn = Json.TURN.replace("\"outputText\"", "\"structuredOutput\":[1],\"outputText\"");
		HandingerTasksClient client = client((path) -> path.endsWith("/turns") ? "{\"items\":[" + turn + "]}"
				: "{\"task\":" + Json.TASK + ",\"turns\":{}}");
		TaskWithTurns task = client.retrieve("tsk_1").block(PATIENCE);
		assertThat(task.outputText()).isEqualTo("Sunny.");
		assertThat(task.rawFields()).containsOnly(Map.entry("turns", Map.of()),
				Map.entry("turns[0].structuredOutput", List.of(1)));
	}

	@Test
	void runKeepsWhatItsAnswerHasSent() {
		String task = "{\"task\":"
				+ Json.TASK.replace("{\"credits\"", "[{\"credits\"").replace("},\"triggered", "}],\"triggered")
				+ ",\"turns\":[" + Json.TURN + "]}";
		HandingerTasksClient client = client((path) -> path.equals("/api/tasks")
				? Json.WORKER.replace("\"structured_output\":null", "\"structured_output\":[1]") : task);
		TaskWithTurns end = client.run(CreateTask.of("x").withTaskId("tsk_1")).block(PATIENCE);
		assertThat(end.outputText()).isEqualTo("Sunny.");
		assertThat(end.rawFields()).containsEntry("structured_output", List.of(1));
	}

	@Test
	void answerWithNeitherIdNorTextIsUnexpected() {
		StepVerifier.create(client((path) -> "{\"structured_output\":[1]}").create(CreateTask.of("x")))
			.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(UnexpectedResponseException.class)
				.hasMessageContaining("'id' is missing"))
			.verify(PATIENCE);
	}

	/**
	 * Without its URL it would look as if there was none, and could be replaced.
	 */
	@Test
	void webhookWithAnOddUrlIsNotTakenForNone() {
		HandingerWorkersClient client = new DefaultHandingerWorkersClient(FakeNetwork
			.transport((request) -> answer(request, (path) -> "{\"token\":\"whk_1\",\"url\":{\"href\":\"x\"}}")));
		StepVerifier.create(client.webhook("wrk_1"))
			.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(UnexpectedResponseException.class)
				.hasMessageContaining("'url' is not what it should be"))
			.verify(PATIENCE);
	}

}
