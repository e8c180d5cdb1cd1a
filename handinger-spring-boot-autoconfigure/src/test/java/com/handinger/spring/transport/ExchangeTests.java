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

package com.handinger.spring.transport;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.ClientHttpRequest;
import reactor.test.StepVerifier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import java.util.Map;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.autoconfigure.HandingerWebClientCustomizer;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls are observed as those of a {@link WebClient} are.
 */
class ExchangeTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final List<Observation.Context> observed = new CopyOnWriteArrayList<>();

	private ApplicationContextRunner application(String url) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new TracingHandler());
		return TasksClient.application(HttpStack.REACTOR_EPOLL, url, "handinger.retry.max-attempts=1")
			.withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class,
					ObservationAutoConfiguration.class))
			.withBean("testRegistry", ObservationRegistry.class, () -> registry);
	}

	private void retrieve(ApplicationContextRunner application) {
		application.run((context) -> {
			assertThat(context.getBean(HandingerTasksClient.class).retrieve("tsk_1").materialize().block(PATIENCE))
				.isNotNull();
			await().atMost(PATIENCE).until(() -> !this.observed.isEmpty());
		});
	}

	private List<KeyValue> keyValues() {
		Observation.Context context = this.observed.get(0);
		this.observed.clear();
		return context.getAllKeyValues().stream().toList();
	}

	private void retrieveByWebClient(String url) {
		webClient(url).materialize().block(PATIENCE);
		await().atMost(PATIENCE).until(() -> !this.observed.isEmpty());
	}

	private Mono<?> webClient(String url) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new TracingHandler());
		return WebClient.builder()
			.observationRegistry(registry)
			.build()
			.get()
			.uri(url + "/api/tasks/{taskId}", "tsk_1")
			.exchangeToMono(ClientResponse::releaseBody);
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 302, 404, 429, 503 })
	void answerIsObservedAsByAWebClient(int status) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(status, Json.TASK_WITH_TURNS))) {
			retrieve(application(server.url()));
			List<KeyValue> keyValues = keyValues();
			retrieveByWebClient(server.url());
			assertThat(keyValues).isEqualTo(keyValues())
				.contains(KeyValue.of("uri", "/api/tasks/{taskId}"), KeyValue.of("status", String.valueOf(status)));
		}
	}

	@Test
	void failureIsObservedAsByAWebClient() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.reset())) {
			retrieve(application(server.url()));
			Throwable error = this.observed.get(0).getError();
			List<KeyValue> keyValues = keyValues();
			retrieveByWebClient(server.url());
			assertThat(error).hasSameClassAs(this.observed.get(0).getError());
			assertThat(keyValues).isEqualTo(keyValues());
		}
	}

	@Test
	void cancellationIsObservedAsByAWebClient() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.awaitRelease())) {
			application(server.url())
				.run((context) -> cancel(server, context.getBean(HandingerTasksClient.class).retrieve("tsk_1")));
			List<KeyValue> keyValues = keyValues();
			cancel(server, webClient(server.url()));
			assertThat(keyValues).isEqualTo(keyValues()).contains(KeyValue.of("status", "CLIENT_ERROR"));
			server.release();
		}
	}

	private void cancel(RawServer server, Mono<?> call) {
		int before = server.requests().size();
		Disposable subscription = call.subscribe();
		await().atMost(PATIENCE).until(() -> server.requests().size() > before);
		subscription.dispose();
		await().atMost(PATIENCE).until(() -> !this.observed.isEmpty());
	}

	@Test
	void observationEndsWhereTheConnectorThrows() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new TracingHandler());
		Exchange exchange = new Exchange(WebClient.builder(), (method, uri, callback) -> {
			throw new IllegalStateException("This is just a test");
		}, registry, new DefaultClientRequestObservationConvention(), new PluggedInCode());
		StepVerifier.create(exchange.send(ApiCall.get(Map.class, "/api/tasks/{taskId}", "tsk_1"),
				URI.create("http://localhost:1"), (headers) -> {
				}, ClientHttpRequest::setComplete))
			.expectError(IllegalStateException.class)
			.verify(PATIENCE);
		assertThat(this.observed).singleElement()
			.satisfies((context) -> assertThat(context.getError()).isInstanceOf(IllegalStateException.class));
	}

	@Test
	void exchangeFunctionAndDefaultRequestOfABuilderAreUsed() {
		List<ClientRequest> requests = new CopyOnWriteArrayList<>();
		TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
			.withBean(HandingerWebClientCustomizer.class,
					() -> (builder) -> builder.defaultRequest((request) -> request.header("x-gateway", "7"))
						.exchangeFunction((request) -> {
							requests.add(request);
							return Mono.just(ClientResponse.create(HttpStatus.OK)
								.header("Content-Type", "application/json")
								.body(Json.TASK_WITH_TURNS)
								.build());
						}))
			.run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(requests).hasSize(2).allSatisfy((request) -> {
					assertThat(request.url()).hasToString("http://localhost:1/api/tasks/tsk_1");
					assertThat(request.headers().get("x-gateway")).containsExactly("7");
				});
			});
	}

	@Test
	void defaultRequestOfABuilderIsAskedForEachRequest() {
		AtomicInteger number = new AtomicInteger();
		try (RawServer server = RawServer
			.start((request, connection, count) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url())
				.withBean(HandingerWebClientCustomizer.class,
						() -> (builder) -> builder.defaultRequest(
								(request) -> request.header("x-number", String.valueOf(number.incrementAndGet()))))
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					client.retrieve("tsk_1").block(PATIENCE);
					client.retrieve("tsk_1").block(PATIENCE);
					assertThat(server.requests()).extracting((request) -> request.headers().get("x-number"))
						.hasSize(2)
						.doesNotHaveDuplicates()
						.doesNotContainNull();
				});
		}
	}

	@Test
	void defaultRequestThatFailsIsAFailureOfTheCall() {
		TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
			.withBean(HandingerWebClientCustomizer.class, () -> (builder) -> builder.defaultRequest((request) -> {
				throw new IllegalStateException("This is just a test");
			}))
			.run((context) -> StepVerifier
				.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
				.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining("was not sent")
					.hasMessageContaining("default request"))
				.verify(PATIENCE));
	}

	@Test
	void codecsOfABuilderApplyToEveryRequest() {
		String task = Json.TASK_WITH_TURNS.replaceFirst("\"outputText\":\"", "\"outputText\":\"" + "x".repeat(300_000));
		assertThat(task).hasSizeGreaterThan(300_000);
		ExchangeFilterFunction buffering = (request, next) -> next.exchange(request)
			.flatMap((response) -> response.bodyToMono(byte[].class)
				.map((body) -> response.mutate()
					.body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body)))
					.build()));
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, task))) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.retry.max-attempts=1")
				.withBean(HandingerWebClientCustomizer.class,
						() -> (builder) -> builder.filter(buffering)
							.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(1_000_000)))
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
					assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				});
		}
	}

	@Test
	void headersOfATracerAreSent() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			retrieve(application(server.url()));
			retrieveByWebClient(server.url());
			assertThat(server.requests()).hasSize(2)
				.allSatisfy((request) -> assertThat(request.headers()).containsEntry("traceparent", "00-1-2-01"));
		}
	}

	@Test
	void conventionOfTheApplicationSeesTheRequestAndTheAnswer() {
		ClientRequestObservationConvention convention = new DefaultClientRequestObservationConvention() {

			@Override
			protected KeyValue uri(ClientRequestObservationContext context) {
				ClientResponse response = context.getResponse();
				return KeyValue.of("type", context.getRequest().method() + " "
						+ ((response != null) ? response.headers().contentType().orElseThrow() : null));
			}

		};
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			retrieve(application(server.url()).withBean(ClientRequestObservationConvention.class, () -> convention));
			assertThat(keyValues()).contains(KeyValue.of("type", "GET application/json"));
		}
	}

	@Test
	void nameOfTheObservationIsTheApplicationsChoice() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			retrieve(application(server.url())
				.withPropertyValues("management.observations.http.client.requests.name=calls"));
			assertThat(this.observed).extracting(Observation.Context::getName).containsExactly("calls");
		}
	}

	private final class TracingHandler implements ObservationHandler<Observation.Context> {

		@Override
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?> sender) {
				inject(sender);
			}
		}

		private <C> void inject(SenderContext<C> sender) {
			sender.getSetter().set(sender.getCarrier(), "traceparent", "00-1-2-01");
		}

		@Override
		public void onStop(Observation.Context context) {
			ExchangeTests.this.observed.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SenderContext<?>;
		}

	}

}
