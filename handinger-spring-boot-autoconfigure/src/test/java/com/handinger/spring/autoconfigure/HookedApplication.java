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

package com.handinger.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.webhook.TaskFinishedHandler;
import reactor.core.publisher.Mono;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.WebFilter;

/**
 * A small application with a webhook, beside a server that stands for Handinger. What the
 * webhook does not answer, a filter does.
 */
final class HookedApplication implements AutoCloseable {

	static final String TOKEN = "whk_5ecretToken";

	static final String URL = "https://example.com/handinger/webhook";

	/**
	 * What the filter answers.
	 */
	static final int PASSED_ON = 418;

	private final RawServer handinger = RawServer.start(HookedApplication::answer);

	private final ConfigurableApplicationContext context;

	HookedApplication(String... properties) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--handinger.api-key=hdg_test_1",
				"--handinger.base-url=" + this.handinger.url(), "--handinger.retry.max-attempts=1"));
		List.of(properties).forEach((property) -> all.add("--" + property));
		this.context = new SpringApplicationBuilder(FailedStart.Application.class, Application.class)
			.web(WebApplicationType.REACTIVE)
			.bannerMode(Banner.Mode.OFF)
			.run(all.toArray(String[]::new));
	}

	private static void answer(RawServer.Request request, RawServer.Connection connection, int number)
			throws IOException {
		String line = request.line();
		if (line.contains("/executions")) {
			connection.json(200,
					Json.webhookExecutions(1, 1, "whx_1")
						.replace("\"success\"", "\"error\"")
						.replace("204", "503")
						.replace("2026-07-01T10:00:00Z", Instant.now().minus(Duration.ofHours(2)).toString())
						.replace("https://example.com/hook", URL));
		}
		else if (line.contains("/webhook")) {
			connection.json(200, Json.WEBHOOK.replace("https://example.com/hook",
					line.startsWith("GET") ? "https://other.example/hook" : URL));
		}
		else {
			connection.json(200, Json.task("tsk_1", "completed", 1));
		}
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Return how many requests with such a start have reached Handinger.
	 */
	long requests(String start) {
		return this.handinger.requests().stream().filter((request) -> request.line().startsWith(start)).count();
	}

	/**
	 * Deliver the end of a task to a path, and return the status of the answer.
	 */
	int deliver(String path) {
		int port = ((WebServerApplicationContext) this.context).getWebServer().getPort();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.version(HttpClient.Version.HTTP_1_1)
			.header("X-Handinger-Token", TOKEN)
			.POST(BodyPublishers.ofString("{\"taskId\":\"tsk_1\"}"))
			.build();
		try {
			return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
		this.handinger.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HttpHandlerAutoConfiguration.class, WebFluxAutoConfiguration.class,
			HandingerWebhookAutoConfiguration.class })
	static class Application {

		/**
		 * Has threads of its own, and ends them at once.
		 */
		@Bean
		ReactorResourceFactory reactorResourceFactory() {
			ReactorResourceFactory resources = new ReactorResourceFactory();
			resources.setUseGlobalResources(false);
			resources.setShutdownQuietPeriod(Duration.ZERO);
			return resources;
		}

		@Bean
		NettyReactiveWebServerFactory webServerFactory(ReactorResourceFactory resources) {
			NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(0);
			factory.setResourceFactory(resources);
			return factory;
		}

		@Bean
		@Order(0)
		WebFilter others() {
			return (exchange, chain) -> {
				exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(PASSED_ON));
				return exchange.getResponse().setComplete();
			};
		}

		@Bean
		TaskFinishedHandler slowHandler() {
			return (event) -> Mono.delay(Duration.ofMillis(500)).then();
		}

	}

}
