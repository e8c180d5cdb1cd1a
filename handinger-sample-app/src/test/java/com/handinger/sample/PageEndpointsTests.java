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

package com.handinger.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import com.handinger.spring.test.HandingerSimulator;
import com.handinger.spring.test.simulator.RecordedFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.StatusAssertions;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the endpoints that the page of the sample calls.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "handinger.api-key=", "simulator.port=0" })
@AutoConfigureWebTestClient(timeout = "20s")
class PageEndpointsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String NO_INPUT = "'input' must not be empty: describe what the worker should do";

	@Autowired
	private WebTestClient client;

	@ParameterizedTest
	@ValueSource(strings = { "/", "/app.js", "/app.css", "/icon.svg", "/webjars/marked/lib/marked.umd.js",
			"/webjars/dompurify/dist/purify.min.js" })
	void pageIsServed(String path) {
		this.client.get().uri(path).exchange().expectStatus().isOk();
	}

	@Test
	void pageFirstReceivesTheStatusAndAllTasks() {
		StepVerifier.create(events().map(ServerSentEvent::event).filter((name) -> !"health".equals(name)).take(2))
			.expectNext("status", "tasks")
			.expectComplete()
			.verify(PATIENCE);
	}

	@Test
	void newTaskIsStreamedUntilItHasFinished() {
		this.client.post()
			.uri("/tasks")
			.bodyValue(Map.of("input", "Tell of me", "taskId", "tsk_told"))
			.exchange()
			.expectStatus()
			.isAccepted();
		StepVerifier
			.create(events().filter((event) -> "tasks".equals(event.event()))
				.map((event) -> String.valueOf(event.data()))
				.filter((data) -> data.contains("tsk_told") && data.contains("completed"))
				.take(1))
			.expectNextCount(1)
			.expectComplete()
			.verify(PATIENCE);
	}

	private Flux<ServerSentEvent<Object>> events() {
		return this.client.get()
			.uri("/events")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(new ParameterizedTypeReference<ServerSentEvent<Object>>() {
			})
			.getResponseBody();
	}

	@Test
	void concurrentChangesAreAllStreamed(@Autowired TaskList tasks, @Autowired EventsController events) {
		Set<String> told = ConcurrentHashMap.newKeySet();
		Disposable page = events.events()
			.filter((event) -> "tasks".equals(event.event()))
			.doOnNext((event) -> told.add(""))
			.flatMapIterable((event) -> (List<?>) Objects.requireNonNull(event.data()))
			.subscribe((task) -> told.add(((ListedTask) task).task().taskId()));
		await().atMost(PATIENCE).until(() -> told.contains(""));
		List<String> started = IntStream.range(0, 1000).mapToObj((i) -> "tsk_at_once" + i).toList();
		started.forEach((taskId) -> tasks.add(StartedTask.running(taskId, "One of many")));
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(told).containsAll(started));
		page.dispose();
	}

	@Test
	void slowHealthDelaysNothing(@Autowired TaskList tasks, @Autowired Arrivals arrivals,
			@Autowired SeenDeliveries deliveries, @Autowired SampleConnectionDetails connectionDetails) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("slow", (ReactiveHealthIndicator) Mono::never);
		EventsController events = new EventsController(tasks, arrivals, deliveries,
				beans.getBeanProvider(ReactiveHealthIndicator.class), connectionDetails);
		StepVerifier.create(events.events().map(ServerSentEvent::event).take(2))
			.expectNext("status", "tasks")
			.expectComplete()
			.verify(PATIENCE);
	}

	@ParameterizedTest
	@CsvSource({ "Origin, https://example.com", "Origin, null", "Sec-Fetch-Site, cross-site",
			"Sec-Fetch-Site, same-site" })
	void formOfAnotherSiteIsRejectedWithAProblem(String header, String value) {
		postForm(header, value).isForbidden()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("open the sample's own page"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "same-origin", "none" })
	void formOfThePageIsAccepted(String site) {
		postForm("Sec-Fetch-Site", site).isAccepted();
	}

	@Test
	void formOfThePageIsAcceptedFromABrowserThatSendsOnlyItsOrigin(@LocalServerPort int port) {
		postForm("Origin", "http://localhost:" + port).isAccepted();
	}

	private StatusAssertions postForm(String header, String value) {
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		form.part("input", "[delay=0s]");
		return this.client.post()
			.uri("/tasks")
			.header(header, value)
			.body(BodyInserters.fromMultipartData(form.build()))
			.exchange()
			.expectStatus();
	}

	@Test
	void scriptIsCompressedAndRevalidated(@LocalServerPort int port) throws Exception {
		HttpResponse<Void> answer = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/app.js"))
				.header("Accept-Encoding", "gzip")
				.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
		assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\n\t" })
	void inputWithoutWordsIsExplained(String input) {
		assertThatIsExplained(this.client.post().uri("/tasks").bodyValue(Map.of("input", input)), NO_INPUT);
	}

	private static void assertThatIsExplained(WebTestClient.RequestHeadersSpec<?> request, String sentence) {
		request.exchange().expectStatus().isBadRequest().expectBody().jsonPath("$.detail").isEqualTo(sentence);
	}

	@Test
	void filesOfAFormAreSentOnAndDeleted(@Autowired HandingerSimulator simulator) {
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		form.part("input", "Read this");
		form.part("taskId", "tsk_form");
		form.part("files", new ByteArrayResource("first".getBytes(StandardCharsets.UTF_8))).filename("a.txt");
		form.part("files", new ByteArrayResource(new byte[300_000])).filename("../of June #1.bin");
		this.client.post()
			.uri("/tasks")
			.body(BodyInserters.fromMultipartData(form.build()))
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectHeader()
			.location("/tasks/tsk_form");
		assertThat(simulator.task("tsk_form").files()).extracting(RecordedFile::filename)
			.containsExactly("a.txt", "__of June _1.bin");
		await().atMost(PATIENCE).until(() -> List.of(Uploads.DIRECTORY.toFile().list()).isEmpty());
	}

	@Test
	void formWithoutInputIsExplained() {
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		form.part("budget", "low");
		assertThatIsExplained(this.client.post().uri("/tasks").body(BodyInserters.fromMultipartData(form.build())),
				NO_INPUT);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, 1001 })
	void invalidBatchSizeIsExplained(int count) {
		assertThatIsExplained(
				this.client.post().uri("/tasks/batch").bodyValue(Map.of("count", count, "task", Map.of("input", "a"))),
				"'count' must be from 1 to 1000");
	}

	@Test
	void batchStartsTasks() {
		this.client.post()
			.uri("/tasks/batch")
			.bodyValue(Map.of("count", 3, "task", Map.of("input", "One of three")))
			.exchange()
			.expectStatus()
			.isAccepted();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.client.get()
				.uri("/tasks")
				.exchange()
				.expectBody(String.class)
				.returnResult()
				.getResponseBody()).containsPattern("(?s)(One of three.*completed.*){3}"));
	}

}
