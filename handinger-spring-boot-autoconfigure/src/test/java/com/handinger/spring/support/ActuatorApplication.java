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

package com.handinger.spring.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * An application with Spring Boot's actuator, which shows all it has.
 */
public final class ActuatorApplication implements AutoCloseable {

	private static final int PATIENCE_IN_MILLISECONDS = 120_000;

	private final ConfigurableApplicationContext context;

	private ActuatorApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	public static ActuatorApplication start(WebApplicationType type, String... arguments) {
		return start(type, Map.of(), arguments);
	}

	/**
	 * Start an application.
	 * @param type whether it is a servlet or a reactive one
	 * @param environment the variables of its environment
	 * @param arguments the arguments of its command line
	 */
	public static ActuatorApplication start(WebApplicationType type, Map<String, Object> environment,
			String... arguments) {
		List<String> all = new ArrayList<>(List.of("--server.port=0", "--management.endpoints.web.exposure.include=*",
				"--management.endpoint.health.show-details=always", "--handinger.retry.max-attempts=1"));
		all.addAll(List.of(arguments));
		return new ActuatorApplication(new SpringApplicationBuilder(Application.class).web(type)
			.bannerMode(Banner.Mode.OFF)
			.environment(new StandardEnvironment() {

				@Override
				public Map<String, Object> getSystemEnvironment() {
					return environment;
				}

			})
			.run(all.toArray(String[]::new)));
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	/**
	 * Ask for something below {@code /actuator}, on a connection of its own.
	 */
	public Answer get(String path) {
		int port = ((WebServerApplicationContext) this.context).getWebServer().getPort();
		try {
			HttpURLConnection connection = (HttpURLConnection) URI
				.create("http://localhost:" + port + "/actuator" + path)
				.toURL()
				.openConnection();
			connection.setRequestProperty("Connection", "close");
			connection.setReadTimeout(PATIENCE_IN_MILLISECONDS);
			int status = connection.getResponseCode();
			try (InputStream body = (status < 400) ? connection.getInputStream() : connection.getErrorStream()) {
				return new Answer(status,
						(body != null) ? new String(body.readAllBytes(), StandardCharsets.UTF_8) : "");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public JsonNode json(String path) {
		return JsonMapper.shared().readTree(get(path).body());
	}

	/**
	 * Ask for something so many times at once.
	 */
	public List<Answer> get(String path, int times) {
		ExecutorService threads = Executors.newFixedThreadPool(times);
		try {
			return IntStream.range(0, times)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> get(path), threads))
				.toList()
				.stream()
				.map(CompletableFuture::join)
				.toList();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * What was answered.
	 *
	 * @param statusCode the status
	 * @param body the body
	 */
	public record Answer(int statusCode, String body) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
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
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
		TomcatServletWebServerFactory tomcat() {
			return new TomcatServletWebServerFactory(0);
		}

		@Bean
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
		NettyReactiveWebServerFactory netty(ReactorResourceFactory resources) {
			NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory(0);
			factory.setResourceFactory(resources);
			return factory;
		}

	}

}
