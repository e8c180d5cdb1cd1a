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

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.RequestBody;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.worker.When;
import com.handinger.spring.support.OwnTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.health.contributor.Health;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * What an object says of itself ends up in logs: nothing that a task was asked or has
 * answered, no title, no key, no password and no content of a file is among it. A
 * component of a new record is taken for such a secret until it is listed here.
 */
class RecordToStringTests {

	private static final Set<String> MAY_BE_SHOWN = Set.of("ApiCall.taskId", "CheckedUrl.url", "ApiCall.uriTemplate",
			"ErrorResponse.error", "ErrorResponse.note", "ErrorResponse.requestId", "ErrorResponse.uriTemplate",
			"CreateTask.taskId", "CreateTask.workerId", "Task.id", "Task.workerId", "TaskHandle.taskId", "Turn.id",
			"Turn.role", "Turn.status", "Turn.taskId", "WorkerFile.filename", "WorkerFile.mediaType", "Worker.id",
			"Output.id", "Output.role", "Output.status", "Output.type", "Content.type", "Source.id", "Source.type",
			"HandingerProperties.baseUrl", "FixedConnectionDetails.baseUrl", "Ssl.bundle", "Proxy.host",
			"Proxy.username", "Registration.url", "Registration.workerIds", "TaskFinishedEvent.taskId",
			"TaskFinishedEvent.workerId", "Delivery.taskId", "Route.path", "WebhookRequest.method",
			"WebhookSettings.path", "Webhook.path", "WorkerTemplate.id", "Cron.cron", "WorkerSchedule.id",
			"WorkerSchedule.cron", "WorkerSchedules.timezone", "WorkerSchedules.workerId", "Webhook.url",
			"WebhookExecution.id", "WebhookExecution.taskId", "WebhookExecution.workerId", "TaskFinishedEvent.runKey",
			"DurableRun.key", "DurableRun.taskId", "TaskRunRefusedEvent.key", "TaskRunRefusedEvent.taskId",
			"RunData.taskId", "Database.table", "Snapshot.open", "File.mediaType", "Row.key",
			"HandingerRunsJdbcProperties.tableName", "Request.workerId", "TaskRunUnknownEvent.key",
			"TaskRunUnknownEvent.taskId");

	private static final WebClient WEB_CLIENT = WebClient.create();

	private static final Attachment ATTACHMENT = Attachment.of("a.txt",
			new ByteArrayResource("marker-Attachment.content-end".getBytes(StandardCharsets.UTF_8)));

	private static final Pattern MARKER = Pattern.compile("marker-(\\w+\\.\\w+)-end");

	static Stream<Class<?>> records() {
		return OwnTypes.records();
	}

	@ParameterizedTest
	@MethodSource("records")
	void recordDoesNotShowWhatIsSecret(Class<?> type) throws ReflectiveOperationException {
		assertThat(MARKER.matcher(sample(type).toString()).results().map((match) -> match.group(1)))
			.as("what " + type.getSimpleName() + ".toString() shows")
			.isSubsetOf(MAY_BE_SHOWN);
	}

	@Test
	void recordsAreFound() {
		assertThat(records()).extracting(Class::getSimpleName).contains("CreateTask", "Turn", "Worker", "ApiCall");
	}

	private static Object sample(Class<?> record) throws ReflectiveOperationException {
		RecordComponent[] components = record.getRecordComponents();
		Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		Object[] values = new Object[components.length];
		for (int i = 0; i < values.length; i++) {
			String marker = "marker-" + record.getSimpleName() + "." + components[i].getName() + "-end";
			if (record == CreateTask.class && components[i].getName().equals("key")) {
				// A task has a key or an id, and never shows the key.
				continue;
			}
			values[i] = (types[i] == String.class) ? text(components[i].getName(), marker)
					: sample(components[i].getGenericType(), marker);
		}
		Constructor<?> constructor = record.getDeclaredConstructor(types);
		constructor.setAccessible(true);
		return constructor.newInstance(values);
	}

	private static String text(String name, String marker) {
		return switch (name) {
			case "baseUrl", "url" -> "https://" + marker + ".example";
			case "path" -> "/" + marker;
			default -> marker;
		};
	}

	private static Object sample(Type type, String marker) throws ReflectiveOperationException {
		if (type instanceof ParameterizedType generic) {
			Type[] arguments = generic.getActualTypeArguments();
			if (generic.getRawType() == List.class) {
				return List.of(sample(arguments[0], marker), sample(arguments[0], marker));
			}
			if (generic.getRawType() == Set.class) {
				return Set.of();
			}
			if (generic.getRawType() == Map.class) {
				return Map.of(marker, sample(arguments[1], marker));
			}
			if (generic.getRawType() == Supplier.class) {
				return (Supplier<?>) () -> marker;
			}
			if (generic.getRawType() == Flux.class) {
				return Flux.empty();
			}
			Class<?> raw = (Class<?>) generic.getRawType();
			return (raw == Class.class) ? String.class : mock(raw);
		}
		Class<?> simple = (Class<?>) type;
		if (simple.isRecord()) {
			return sample(simple);
		}
		if (simple.isEnum()) {
			return simple.getEnumConstants()[0];
		}
		return value(simple, marker);
	}

	private static HttpHeaders headers(String marker) {
		HttpHeaders headers = new HttpHeaders();
		headers.set(marker, marker);
		return headers;
	}

	private static Object value(Class<?> type, String marker) {
		Map<Class<?>, Object> values = Map.ofEntries(Map.entry(String.class, marker),
				Map.entry(Object.class, Map.of(marker, List.of(marker))), Map.entry(boolean.class, true),
				Map.entry(Boolean.class, true), Map.entry(int.class, 1), Map.entry(long.class, 1L),
				Map.entry(Integer.class, 1), Map.entry(Long.class, 1L), Map.entry(Instant.class, Instant.EPOCH),
				Map.entry(Duration.class, Duration.ofSeconds(1)), Map.entry(DataSize.class, DataSize.ofMegabytes(1)),
				Map.entry(HttpMethod.class, HttpMethod.GET), Map.entry(HttpHeaders.class, headers(marker)),
				Map.entry(WebClient.class, WEB_CLIENT), Map.entry(Health.class, Health.up().build()),
				Map.entry(byte[].class, marker.getBytes(StandardCharsets.UTF_8)),
				Map.entry(RequestBody.class, RequestBody.json(() -> Map.of("input", marker))),
				Map.entry(BaseUrl.class, BaseUrl.of("https://example.com", false)),
				Map.entry(MediaType.class, MediaType.TEXT_PLAIN), Map.entry(Attachment.class, ATTACHMENT),
				Map.entry(When.class, When.after(Duration.ofSeconds(1))),
				Map.entry(AtomicBoolean.class, new AtomicBoolean()),
				Map.entry(LongSummaryStatistics.class, new LongSummaryStatistics()),
				Map.entry(BooleanSupplier.class, (BooleanSupplier) () -> true),
				Map.entry(URI.class, URI.create("https://example.com")));
		if (!values.containsKey(type) && !type.getName().startsWith("java.")) {
			// What does something is no data, and shows nothing.
			return mock(type);
		}
		assertThat(values).as("a sample of each type that records are made of").containsKey(type);
		return values.get(type);
	}

}
