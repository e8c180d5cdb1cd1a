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

package com.handinger.spring;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.WorkersClient;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.UpdateWorker;
import com.handinger.spring.worker.Worker;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.core.OverridingClassLoader;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Spring Boot's DevTools load the classes of the application anew with each restart, and
 * keep those of the libraries.
 */
class ForgottenClassesTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static Worker worker(String output) {
		return Json.read(Json.WORKER.replace("\"structured_output\":null", "\"structured_output\":" + output),
				Worker.class);
	}

	private static @Nullable Shape shape(String output, ClassLoader application) {
		ClassLoader test = ClassUtils.overrideThreadContextClassLoader(application);
		try {
			return worker(output).structuredOutput(Shape.class);
		}
		finally {
			ClassUtils.overrideThreadContextClassLoader(test);
		}
	}

	@Test
	void classOfAStructuredOutputIsForgotten() {
		assertForgotten(Forecast.class,
				(type) -> assertThat(worker("{\"at\":\"2026-07-01T10:00:00Z\",\"skies\":[\"CLEAR\",\"very cloudy\"]}")
					.structuredOutput(type)).isInstanceOf(type));
	}

	@Test
	void classThatAStructuredOutputDoesNotFitIsForgotten() {
		assertForgotten(Forecast.class, (type) -> assertThatExceptionOfType(HandingerException.class)
			.isThrownBy(() -> worker("{\"skies\":[\"PURPLE\"]}").structuredOutput(type)));
	}

	@Test
	void classThatAStructuredOutputNamesIsForgotten() {
		assertForgotten(Circle.class,
				(type) -> assertThat(shape("{\"type\":\"" + type.getName() + "\",\"radius\":1}", type.getClassLoader()))
					.isInstanceOf(type));
	}

	@Test
	void classOfAnOutputSchemaIsForgotten() {
		assertForgotten(Forecast.class,
				(type) -> assertThat(CreateWorker.of("x").withOutputSchema(type).outputSchema()).isNotEmpty());
	}

	@Test
	void classThatIsNoOutputSchemaIsForgotten() {
		assertForgotten(Sky.class, (type) -> assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> UpdateWorker.nothing().withOutputSchema(type)));
	}

	@Test
	void classOfAConstantThatIsSentInAnOutputSchemaIsForgotten() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.WORKER_TEMPLATE))) {
			assertForgotten(Sky.class,
					(type) -> WorkersClient.with(HttpStack.REACTOR_NIO, server.url(),
							(client) -> client
								.create(CreateWorker.of("x").withOutputSchema(Map.of("enum", type.getEnumConstants())))
								.block(PATIENCE)));
			assertThat(server.requests()).singleElement()
				.satisfies((request) -> assertThat(request.body())
					.contains("\"outputSchema\":{\"enum\":[\"CLEAR\",\"very cloudy\"]}"));
		}
	}

	@Test
	void whatASubscriberHasInItsContextIsForgotten() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			assertForgotten(Sky.class,
					(type) -> WorkersClient.with(HttpStack.REACTOR_NIO, server.url(),
							(client) -> client.retrieve("wrk_1")
								.contextWrite((context) -> context.put("sky", type.getEnumConstants()))
								.block(PATIENCE)));
		}
	}

	private static void assertForgotten(Class<?> type, Consumer<Class<?>> use) {
		WeakReference<ClassLoader> loader = load(type, use);
		Awaitility.await().atMost(PATIENCE).until(() -> {
			System.gc();
			return loader.get() == null;
		});
	}

	private static WeakReference<ClassLoader> load(Class<?> type, Consumer<Class<?>> use) {
		ClassLoader loader = new RestartClassLoader();
		Class<?> reloaded = ClassUtils.resolveClassName(type.getName(), loader);
		assertThat(reloaded).isNotEqualTo(type);
		use.accept(reloaded);
		return new WeakReference<>(loader);
	}

	/**
	 * Has classes of its own for what is the application's here.
	 */
	private static final class RestartClassLoader extends OverridingClassLoader {

		RestartClassLoader() {
			super(ForgottenClassesTests.class.getClassLoader());
		}

		@Override
		protected boolean isEligibleForOverriding(String className) {
			return className.startsWith(ForgottenClassesTests.class.getName())
					&& !className.equals(Shape.class.getName());
		}

	}

	/**
	 * An answer.
	 */
	record Forecast(@Nullable Instant at, List<Sky> skies) {
	}

	/**
	 * A part of an answer.
	 */
	enum Sky {

		CLEAR,

		@JsonProperty("very cloudy")
		CLOUDY

	}

	/**
	 * A type of a library that knows its subtypes by their names.
	 */
	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "type")
	public interface Shape {

	}

	/**
	 * One of these.
	 */
	record Circle(int radius) implements Shape {
	}

}
