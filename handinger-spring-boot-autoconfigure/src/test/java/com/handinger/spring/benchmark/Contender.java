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

package com.handinger.spring.benchmark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.ObservationRegistry;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The ways to call the API that are compared.
 */
enum Contender {

	/**
	 * Reactor Netty and Jackson with plain records, and nothing else: the floor.
	 */
	BARE {

		@Override
		Client connect(String url) {
			return new BareClient(url);
		}

	},

	/**
	 * Spring's client as Spring Boot builds it.
	 */
	WEBCLIENT {

		@Override
		Client connect(String url) {
			return new PlainWebClient(application().getBean(WebClient.Builder.class), url);
		}

	},

	/**
	 * The same, with as many connections as it takes.
	 */
	WEBCLIENT_TUNED {

		@Override
		Client connect(String url) {
			return new PlainWebClient(application("benchmark.tuned=true").getBean(WebClient.Builder.class), url);
		}

	},

	/**
	 * The same as {@link #WEBCLIENT}, observed.
	 */
	WEBCLIENT_OBSERVED {

		@Override
		Client connect(String url) {
			return new PlainWebClient(application("benchmark.handlers=1").getBean(WebClient.Builder.class), url);
		}

	},

	/**
	 * The client of this project as an application gets it.
	 */
	HANDINGER {

		@Override
		Client connect(String url) {
			return handinger(url);
		}

	},

	/**
	 * The same with a registry for observations in which nobody is interested.
	 */
	HANDINGER_UNOBSERVED {

		@Override
		Client connect(String url) {
			return handinger(url, "benchmark.handlers=0");
		}

	},

	/**
	 * The same, observed.
	 */
	HANDINGER_OBSERVED {

		@Override
		Client connect(String url) {
			return handinger(url, "benchmark.handlers=1");
		}

	};

	private static final String API_KEY = "hdg_test_5ecretKey";

	String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	/**
	 * Return a client of this kind.
	 */
	abstract Client connect(String url);

	private static Client handinger(String url, String... properties) {
		List<String> all = new ArrayList<>(
				List.of("handinger.base-url=" + url, "handinger.api-key=" + API_KEY, "handinger.runs.enabled=false"));
		all.addAll(List.of(properties));
		return new OurClient(application(all.toArray(String[]::new)).getBean(HandingerTasksClient.class));
	}

	private static ApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties(properties)
			.run();
	}

	private static ConnectionProvider unlimitedPool() {
		return ConnectionProvider.builder("unlimited")
			.maxConnections(Integer.MAX_VALUE)
			.pendingAcquireMaxCount(-1)
			.build();
	}

	private static Instant endedAt(Map<String, ?> metadata) {
		return Instant.parse(String.valueOf(metadata.get("endedAt")));
	}

	/**
	 * What a contender can do.
	 */
	interface Client {

		Mono<?> retrieve(String taskId);

		Mono<?> create(String input);

		/**
		 * Run a task with one request, and return when it ended.
		 */
		Mono<Instant> createUntilEnd(String input);

		/**
		 * Run a task, read it when it has finished, and return when it ended.
		 */
		default Mono<Instant> runUntilEnd(String input) {
			throw new UnsupportedOperationException();
		}

	}

	private record OurClient(HandingerTasksClient tasks) implements Client {

		@Override
		public Mono<TaskWithTurns> retrieve(String taskId) {
			return this.tasks.retrieve(taskId);
		}

		@Override
		public Mono<Worker> create(String input) {
			return this.tasks.create(CreateTask.of(input));
		}

		@Override
		public Mono<Instant> createUntilEnd(String input) {
			return create(input).map((worker) -> endedAt(worker.metadata()));
		}

		@Override
		public Mono<Instant> runUntilEnd(String input) {
			return this.tasks.run(CreateTask.of(input)).mapNotNull((task) -> task.task().completedAt());
		}

	}

	private static final class PlainWebClient implements Client {

		private final WebClient webClient;

		PlainWebClient(WebClient.Builder builder, String url) {
			this.webClient = builder.baseUrl(url).defaultHeaders((headers) -> {
				headers.setBearerAuth(API_KEY);
				headers.set(HttpHeaderNames.ACCEPT.toString(), MediaType.APPLICATION_JSON_VALUE);
			}).build();
		}

		@Override
		public Mono<PlainTask> retrieve(String taskId) {
			return this.webClient.get().uri("/api/tasks/{taskId}", taskId).retrieve().bodyToMono(PlainTask.class);
		}

		@Override
		public Mono<PlainWorker> create(String input) {
			return create(Map.of("input", input));
		}

		@Override
		public Mono<Instant> createUntilEnd(String input) {
			return create(input).map((worker) -> endedAt(worker.metadata()));
		}

		@Override
		public Mono<Instant> runUntilEnd(String input) {
			String taskId = "tsk_" + UUID.randomUUID();
			return create(Map.of("input", input, "taskId", taskId)).flatMap((worker) -> retrieve(taskId))
				.mapNotNull((task) -> task.task().completedAt())
				.map(Instant::parse);
		}

		private Mono<PlainWorker> create(Map<String, String> task) {
			return this.webClient.post().uri("/api/tasks").bodyValue(task).retrieve().bodyToMono(PlainWorker.class);
		}

	}

	private static final class BareClient implements Client {

		private static final JsonMapper JSON = JsonMapper.builder()
			.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.build();

		private final HttpClient client;

		private final HttpClient jsonClient;

		BareClient(String url) {
			this.client = HttpClient.create(unlimitedPool())
				.baseUrl(url)
				.headers((headers) -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + API_KEY)
					.set(HttpHeaderNames.ACCEPT, MediaType.APPLICATION_JSON_VALUE));
			this.jsonClient = this.client
				.headers((headers) -> headers.set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE));
		}

		@Override
		public Mono<PlainTask> retrieve(String taskId) {
			return this.client.get()
				.uri("/api/tasks/" + taskId)
				.responseSingle((response, body) -> read(response, body, PlainTask.class));
		}

		@Override
		public Mono<PlainWorker> create(String input) {
			return this.jsonClient.post()
				.uri("/api/tasks")
				.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(JSON.writeValueAsBytes(Map.of("input", input)))))
				.responseSingle((response, body) -> read(response, body, PlainWorker.class));
		}

		@Override
		public Mono<Instant> createUntilEnd(String input) {
			return create(input).map((worker) -> endedAt(worker.metadata()));
		}

		private static <T> Mono<T> read(HttpClientResponse response, ByteBufMono body, Class<T> type) {
			if (response.status().code() != HttpResponseStatus.OK.code()) {
				throw new IllegalStateException(response.status().toString());
			}
			return body.asByteArray().map((bytes) -> JSON.readValue(bytes, type));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@ConditionalOnProperty("benchmark.tuned")
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> connectorCustomizer() {
			return (builder) -> builder.withHttpClientFactory(() -> HttpClient.create(unlimitedPool()));
		}

		@Bean
		@ConditionalOnProperty("benchmark.handlers")
		ObservationRegistry observationRegistry(@Value("${benchmark.handlers}") int handlers) {
			ObservationRegistry registry = ObservationRegistry.create();
			for (int i = 0; i < handlers; i++) {
				registry.observationConfig().observationHandler((context) -> true);
			}
			return registry;
		}

	}

}
