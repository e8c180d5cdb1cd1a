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

package com.handinger.spring.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerHealthAutoConfiguration;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.webhook.WebhookLifecycle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * The health of Handinger costs nothing, and tells what to do.
 */
class HandingerHealthTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static ApplicationContextRunner application(String url, String... properties) {
		return TasksClient.application(HttpStack.REACTOR_EPOLL, url, properties)
			.withConfiguration(AutoConfigurations.of(HandingerHealthAutoConfiguration.class));
	}

	private static Health health(ApplicationContext context) {
		Health health = context.getBean("handingerHealthIndicator", ReactiveHealthIndicator.class)
			.health()
			.block(PATIENCE);
		assertThat(health).isNotNull();
		return health;
	}

	@ParameterizedTest
	@CsvSource({ "404, UP", "403, UP", "200, UP", "429, UP", "401, DOWN", "500, DOWN", "503, DOWN" })
	void statusOfTheAnswerTells(int status, String expected) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(status, "{}",
				(status == 429) ? "Retry-After: 7" : "X-Nothing: 1"))) {
			application(server.url()).run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(new Status(expected));
				assertThat(health.getDetails()).containsEntry("host", "localhost")
					.containsKeys("latency", "lastAnswer");
				if (status == 401) {
					assertThat(health.getDetails().get("error")).asString().contains("handinger.api-key");
				}
				if (status == 429) {
					assertThat(health.getDetails()).containsEntry("retryAfter", 7L);
				}
				assertThat(health.toString()).doesNotContain(TasksClient.API_KEY);
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void serverThatIsNotThereIsDown() {
		application("http://localhost:1").run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsKeys("host", "error");
		});
	}

	@Test
	void thousandProbesAtOnceAreOneRequest() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(404, Json.error("No such task.")))) {
			application(server.url()).run((context) -> {
				ReactiveHealthIndicator indicator = context.getBean(ReactiveHealthIndicator.class);
				assertThat(Flux.range(0, 1000).flatMap((i) -> indicator.health(), 1000).collectList().block(PATIENCE))
					.hasSize(1000)
					.allMatch((health) -> health.getStatus().equals(Status.UP));
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	/**
	 * Each probe on a thread of its own, and all set off at the same moment.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "30s", "1h" })
	void thousandProbesOfAsManyThreadsAreOneRequestAndOneMoreWhenItsAnswerIsOld(String cacheTime) throws Exception {
		AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(404, Json.error("No such task.")))) {
			application(server.url()).run((context) -> {
				HandingerTransport transport = context.getBean(HandingerTransport.class);
				Duration time = DurationStyle.SIMPLE.parse(cacheTime);
				HandingerHealthIndicator indicator = new HandingerHealthIndicator(() -> transport, Map::of, Map::of,
						time, clock(now));
				probe(indicator, 1000);
				assertThat(server.requests()).hasSize(1);
				now.updateAndGet((instant) -> instant.plus(time).plusSeconds(60));
				probe(indicator, 1000);
				assertThat(server.requests()).hasSize(2);
			});
		}
	}

	private static Clock clock(AtomicReference<Instant> now) {
		return new Clock() {

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

			@Override
			public Instant instant() {
				return now.get();
			}

		};
	}

	private static void probe(HandingerHealthIndicator indicator, int count) throws InterruptedException {
		CountDownLatch start = new CountDownLatch(1);
		Queue<Status> statuses = new ConcurrentLinkedQueue<>();
		List<Thread> threads = IntStream.range(0, count).mapToObj((i) -> new Thread(() -> {
			try {
				start.await();
				Health health = indicator.health().block(PATIENCE);
				statuses.add((health != null) ? health.getStatus() : Status.UNKNOWN);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		})).toList();
		threads.forEach(Thread::start);
		start.countDown();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(statuses).hasSize(count).containsOnly(Status.UP);
	}

	@Test
	void keyThatTheServerEchoesIsNotShown() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(500,
				Json.error("Failed with " + request.headers().get("Authorization"))))) {
			application(server.url(), "handinger.retry.max-attempts=1").run((context) -> {
				Health health = health(context);
				assertThat(health.getDetails().get("error")).asString().contains("Failed with");
				assertThat(health.toString()).doesNotContain(TasksClient.API_KEY);
			});
		}
	}

	@Test
	void serverThatIsGoneIsDownAndItsLastAnswerIsShown() {
		RawServer server = RawServer
			.start((request, connection, number) -> connection.json(404, "{}", "Connection: close"));
		application(server.url(), "handinger.health.cache-time=1ms", "handinger.retry.max-attempts=1")
			.run((context) -> {
				Object lastAnswer = health(context).getDetails().get("lastAnswer");
				server.close();
				Awaitility.await().atMost(PATIENCE).until(() -> health(context).getStatus().equals(Status.DOWN));
				assertThat(health(context).getDetails()).containsKeys("host", "latency", "error")
					.hasEntrySatisfying("lastAnswer", (shown) -> assertThat(Instant.parse(shown.toString()))
						.isAfterOrEqualTo(Instant.parse(String.valueOf(lastAnswer))));
			});
	}

	@Test
	void answerThatDoesNotComeInTimeIsDown() {
		try (RawServer server = RawServer.start((request, connection, number) -> {
		})) {
			application(server.url(), "handinger.read-timeout=50ms", "handinger.retry.max-attempts=1")
				.run((context) -> {
					Health health = health(context);
					assertThat(health.getStatus()).isEqualTo(Status.DOWN);
					assertThat(health.getDetails()).containsEntry("host", "localhost");
					assertThat(health.getDetails().get("error")).asString().contains("no answer in time");
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 302 Found\r\nLocation: https://example.com\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>" })
	void whatIsNotTheApiIsDown(String answer) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.write(answer))) {
			application(server.url()).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				assertThat(health(context).getDetails()).containsKeys("host", "error");
				assertThat(client).isNotNull();
			});
		}
	}

	@Test
	void keyThatIsGoneIsToldAsSuch() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(404, "{}"))) {
			AtomicReference<String> apiKey = new AtomicReference<>(TasksClient.API_KEY);
			TasksClient.application()
				.withConfiguration(AutoConfigurations.of(HandingerHealthAutoConfiguration.class))
				.withPropertyValues("handinger.health.cache-time=1ms")
				.withBean(HandingerConnectionDetails.class, () -> new HandingerConnectionDetails() {

					@Override
					public String getBaseUrl() {
						return server.url();
					}

					@Override
					public String getApiKey() {
						return apiKey.get();
					}

				})
				.run((context) -> {
					assertThat(health(context).getStatus()).isEqualTo(Status.UP);
					apiKey.set("");
					Awaitility.await().atMost(PATIENCE).until(() -> !health(context).getStatus().equals(Status.UP));
					assertThat(health(context).getDetails().get("error")).asString()
						.contains("There is no API key for Handinger");
				});
		}
	}

	@Test
	void answerToAnythingElseCounts() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			application(server.url()).run((context) -> {
				context.getBean(HandingerTasksClient.class).retrieve("tsk_1").block(PATIENCE);
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void answerCountsForTheCacheTime() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json((number == 1) ? 503 : 404, "{}"))) {
			application(server.url(), "handinger.health.cache-time=1ms").run((context) -> {
				assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
				Awaitility.await().atMost(PATIENCE).until(() -> health(context).getStatus().equals(Status.UP));
			});
		}
	}

	@Test
	void applicationWithoutAKeyIsNotDown() {
		TasksClient.application()
			.withConfiguration(AutoConfigurations.of(HandingerHealthAutoConfiguration.class))
			.run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
				assertThat(health.getDetails().get("error")).asString().contains("handinger.api-key");
			});
	}

	@Test
	void registrationOfWebhooksIsShown() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(404, "{}"))) {
			WebhookLifecycle webhook = mock(WebhookLifecycle.class);
			given(webhook.states()).willReturn(Map.of("wrk_1", "registered"));
			application(server.url()).withBean(WebhookLifecycle.class, () -> webhook)
				.run((context) -> assertThat(health(context).getDetails()).containsEntry("webhooks",
						Map.of("wrk_1", "registered")));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.handinger.enabled=false", "management.health.defaults.enabled=false" })
	void healthCanBeSwitchedOff(String property) {
		application("http://localhost:1", property)
			.run((context) -> assertThat(context).doesNotHaveBean(ReactiveHealthIndicator.class));
	}

}
