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

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerClients;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.Overheard;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskHandle;
import com.handinger.spring.worker.CreateSchedule;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.UpdateWorker;
import com.handinger.spring.worker.When;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With everything logged that anybody can log, every operation and every failure tells
 * neither keys nor tokens, nor what a task was asked, a worker was told or a file
 * contains, even if the server repeats it.
 */
@Tag("slow")
class TraceLogSecrecyTests {

	/**
	 * With each, the task has one turn more.
	 */
	private static final AtomicInteger LOOK_UPS = new AtomicInteger();

	private static final int PATHS_AT_ONCE = 4;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * How long those may take that outlive outages.
	 */
	private static final Duration LONG_ENOUGH = Duration.ofMillis(600);

	private static final String KEY = TasksClient.API_KEY;

	private static final String INPUT = "inputThatNobodyMayRead";

	private static final String FOLLOW_UP = "followUpThatNobodyMayRead";

	private static final String FILE = "fileThatNobodyMayRead";

	private static final String TOLD = "toldThatNobodyMayRead";

	private static final String SCHEMA = "schemaThatNobodyMayRead";

	private static final String SCHEDULED = "scheduledThatNobodyMayRead";

	private static final String URL_KEY = "urlKeyThatNobodyMayRead";

	private static final String TOKEN = "whk_tokenThatNobodyMayRead";

	private static final String OUTPUT = "outputThatNobodyMayRead";

	private static final List<String> SECRETS = List.of(KEY, INPUT, FOLLOW_UP, FILE, TOLD, SCHEMA, SCHEDULED, URL_KEY,
			TOKEN, OUTPUT);

	/**
	 * What the server does with all requests below a path. {@code %s} is the request.
	 */
	private static final Map<String, Answer> ANSWERS = new TreeMap<>(
			Map.ofEntries(Map.entry("fine", new Answer(200, "application/json", "")),
					Map.entry("failed", new Answer(200, "application/json", "")),
					Map.entry("400", new Answer(400, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("401", new Answer(401, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("403", new Answer(403, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("404", new Answer(404, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("409", new Answer(409, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("418", new Answer(418, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("422", new Answer(422, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("429", new Answer(429, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("500", new Answer(500, "application/json", "{\"error\":\"Bad: %s\"}")),
					Map.entry("502", new Answer(502, "text/html", "<p>%s")),
					Map.entry("302", new Answer(302, "text/html", "%s")),
					Map.entry("page", new Answer(200, "text/html", "<p>%s")),
					Map.entry("empty", new Answer(200, "application/json", "")),
					Map.entry("garbage",
							new Answer(200, "application/json", "{\"id\":[\"%s\"],\"task\":1,\"token\":{}}")),
					Map.entry("unfinished", new Answer(200, "application/json", "{\"id\":\"%s")),
					Map.entry("silent", Answer.NONE), Map.entry("reset", Answer.NONE)));

	/**
	 * Where each call comes to an end.
	 */
	private static final Set<String> ENDING = Set.of("fine", "failed", "ended");

	private static Map<String, Function<HandingerTasksClient, Publisher<?>>> tasksCalls() {
		Attachment file = Attachment.of("a.txt", new ByteArrayResource(FILE.getBytes(StandardCharsets.UTF_8)));
		CreateTask task = CreateTask.of(INPUT).withAttachment(file);
		return Map.ofEntries(Map.entry("create(CreateTask)", (client) -> client.create(task)),
				Map.entry("create(CreateTask) without a file", (client) -> client.create(CreateTask.of(INPUT))),
				Map.entry("run(CreateTask)", (client) -> client.run(CreateTask.of(FOLLOW_UP).withTaskId("tsk_1"))),
				Map.entry("run(CreateTask) with a file", (client) -> client.run(task)),
				Map.entry("start(CreateTask)", (client) -> client.start(task)),
				Map.entry("follow(CreateTask)", (client) -> client.follow(task)),
				Map.entry("await(TaskHandle)", (client) -> client.await(new TaskHandle("tsk_1", 0))),
				Map.entry("watch(TaskHandle)", (client) -> client.watch(new TaskHandle("tsk_1", 0))),
				Map.entry("await(String)", (client) -> client.await("tsk_1")),
				Map.entry("watch(String)", (client) -> client.watch("tsk_1")),
				Map.entry("retrieve(String)", (client) -> client.retrieve("tsk_1")),
				Map.entry("turns(String)", (client) -> client.turns("tsk_1")),
				Map.entry("delete(String)", (client) -> client.delete("tsk_1")));
	}

	private static Map<String, Function<HandingerWorkersClient, Publisher<?>>> workersCalls() {
		Map<String, Object> schema = Map.of("type", "object", "properties", Map.of(SCHEMA, Map.of("type", "string")));
		CreateWorker worker = CreateWorker.of(TOLD).withTitle(TOLD).withSummary(TOLD).withOutputSchema(schema);
		return Map.ofEntries(Map.entry("create(CreateWorker)", (client) -> client.create(worker)),
				Map.entry("retrieve(String)", (client) -> client.retrieve("wrk_1")),
				Map.entry("retrieve(String, String)", (client) -> client.retrieve("wrk_1", "tsk_1")),
				Map.entry("update(String, UpdateWorker)",
						(client) -> client.update("wrk_1",
								UpdateWorker.nothing().withInstructions(TOLD).withOutputSchema(schema))),
				Map.entry("delete(String)", (client) -> client.delete("wrk_1")),
				Map.entry("email(String)", (client) -> client.email("wrk_1")),
				Map.entry("schedules(String)", (client) -> client.schedules("wrk_1")),
				Map.entry("schedule(String, CreateSchedule)",
						(client) -> client.schedule("wrk_1", CreateSchedule.of(SCHEDULED, When.cron("0 9 * * 1-5")))),
				Map.entry("cancelSchedule(String, String)", (client) -> client.cancelSchedule("wrk_1", "sch_1")),
				Map.entry("webhook(String)", (client) -> client.webhook("wrk_1")),
				Map.entry("updateWebhook(String, String)",
						(client) -> client.updateWebhook("wrk_1", "https://example.com/hook?key=" + URL_KEY)),
				Map.entry("deleteWebhook(String)", (client) -> client.deleteWebhook("wrk_1")),
				Map.entry("regenerateWebhookToken(String)", (client) -> client.regenerateWebhookToken("wrk_1")),
				Map.entry("webhookExecutions(String)", (client) -> client.webhookExecutions("wrk_1")));
	}

	private static Stream<String> operations(Class<?> client) {
		return Arrays.stream(client.getMethods())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()))
			.map(TraceLogSecrecyTests::signature);
	}

	private static String signature(Method method) {
		return method.getName()
				+ String.join(", ", Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList())
					.transform((parameters) -> "(" + parameters + ")");
	}

	@Test
	void everyOperationIsDriven() {
		assertThat(tasksCalls().keySet()).containsAll(operations(HandingerTasksClient.class).toList());
		assertThat(workersCalls()).containsOnlyKeys(operations(HandingerWorkersClient.class).toList());
	}

	/**
	 * A customizer of the application's has requests go through Spring's
	 * {@code WebClient}, which logs them itself.
	 */
	@ParameterizedTest
	@CsvSource({ "REACTOR_EPOLL, false", "JDK, true" })
	void nothingIsSpokenOverHttp11(HttpStack stack, boolean customized) {
		try (Overheard overheard = Overheard.start((event) -> false);
				RawServer server = RawServer.start((request, connection, number) -> answer(request, connection))) {
			ApplicationContextRunner application = TasksClient.application(stack, server.url() + "/fine",
					"spring.http.codecs.log-request-details=true");
			nothingIsSpoken(overheard, server.url(), customized ? application.withBean(WebClientCustomizer.class,
					() -> (builder) -> builder.defaultHeader("X-Tenant", "42")) : application);
		}
	}

	@Test
	void nothingIsSpokenOverHttp2() {
		try (Overheard overheard = Overheard.start((event) -> event.getThreadName().startsWith("test-server"));
				NettyServer server = NettyServer.plain((request, response, self) -> answer(request, response),
						HttpProtocol.H2C)) {
			nothingIsSpoken(overheard, server.url(),
					TasksClient.application(HttpStack.REACTOR_EPOLL, server.url() + "/fine", "handinger.http2=true"));
			assertThat(server.posts(2)).isPositive();
		}
	}

	private static void nothingIsSpoken(Overheard overheard, String url, ApplicationContextRunner application) {
		List<HandingerClients.Account> last = new ArrayList<>();
		application
			.withPropertyValues("handinger.retry.max-attempts=1", "handinger.read-timeout=2s",
					"handinger.task-timeout=2s", "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=400ms", "handinger.await.not-found-grace=300ms")
			.run((context) -> {
				drive(overheard, context, url);
				last.add(context.getBean(HandingerClients.class)
					.create(HandingerConnectionDetails.of(url + "/fine", KEY)));
			});
		// After the application has ended.
		Flux.merge(calls(overheard, "ended", last.get(0))).blockLast(PATIENCE);
		assertThat(overheard.exceptions()).containsAll(exceptions());
		overheard.assertUnspoken(SECRETS);
	}

	/**
	 * What is not answered comes last, since a silent connection of HTTP/2 takes the
	 * other calls on it along.
	 */
	private static void drive(Overheard overheard, AssertableApplicationContext context, String url) {
		HandingerClients clients = context.getBean(HandingerClients.class);
		Flux.merge(calls(overheard, "fine", account(clients, url, "fine"))).blockLast(PATIENCE);
		List<Mono<?>> calls = new ArrayList<>();
		int paths = 0;
		for (String path : ANSWERS.keySet()) {
			if (!path.equals("fine") && ANSWERS.get(path) != Answer.NONE) {
				calls.addAll(calls(overheard, path, account(clients, url, path)));
				if (++paths % PATHS_AT_ONCE == 0) {
					makeAll(calls);
				}
			}
		}
		makeAll(calls);
		for (String path : ANSWERS.keySet()) {
			if (ANSWERS.get(path) == Answer.NONE) {
				calls.addAll(calls(overheard, path, account(clients, url, path)));
			}
		}
		calls.addAll(calls(overheard, "refused", account(clients, "http://localhost:1", "refused")));
		VanishingKey vanishing = new VanishingKey(url + "/fine");
		HandingerClients.Account keyless = clients.create(vanishing);
		vanishing.isGone = true;
		calls.addAll(calls(overheard, "keyless", keyless));
		makeAll(calls);
	}

	private static void makeAll(List<Mono<?>> calls) {
		Flux.merge(Flux.fromIterable(calls), 1_000).blockLast(PATIENCE);
		calls.clear();
	}

	private static HandingerClients.Account account(HandingerClients clients, String url, String path) {
		return clients.create(HandingerConnectionDetails.of(url + "/" + path, KEY));
	}

	private static List<Mono<?>> calls(Overheard overheard, String path, HandingerClients.Account account) {
		List<Mono<?>> calls = new ArrayList<>();
		tasksCalls().forEach((name, call) -> {
			Flux<?> result = Flux.from(call.apply(account.tasks()));
			calls.add(hear(overheard, path + " " + name,
					ENDING.contains(path) ? result : result.takeUntilOther(Mono.delay(LONG_ENOUGH))));
		});
		workersCalls()
			.forEach((name, call) -> calls.add(hear(overheard, path + " " + name, call.apply(account.workers()))));
		return calls;
	}

	/**
	 * The address of a worker is a text by itself.
	 */
	private static Mono<?> hear(Overheard overheard, String source, Publisher<?> call) {
		return Flux.from(call)
			.filter((value) -> !(value instanceof String))
			.doOnNext((value) -> overheard.hear(source, value))
			.doOnError((failure) -> overheard.hear(source, failure))
			.onErrorComplete((failure) -> !source.startsWith("fine "))
			.then();
	}

	/**
	 * Every type of exception that is part of the API.
	 */
	private static List<Class<?>> exceptions() {
		List<Class<?>> exceptions = new ArrayList<>();
		for (JavaClass type : new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages("com.handinger.spring")) {
			if (type.isAssignableTo(HandingerException.class) && Modifier.isPublic(type.reflect().getModifiers())) {
				exceptions.add(type.reflect());
			}
		}
		assertThat(exceptions).hasSizeGreaterThan(10);
		return exceptions;
	}

	private static void answer(RawServer.Request request, RawServer.Connection connection) throws IOException {
		String uri = request.line().split(" ")[1];
		String path = path(uri);
		if (path.equals("reset")) {
			connection.reset();
		}
		else if (!path.equals("silent")) {
			Answer answer = ANSWERS.get(path);
			String body = body(path, request.line().split(" ")[0], uri,
					request.headers().get("Authorization") + " " + request.body());
			connection.write("HTTP/1.1 " + answer.status() + " Status\r\nContent-Type: " + answer.contentType()
					+ "\r\nLocation: https://evil.example/?" + INPUT + "\r\nContent-Length: "
					+ body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
		}
	}

	private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
		String path = path(request.uri());
		if (path.equals("silent")) {
			return request.receive().then(Mono.never());
		}
		if (path.equals("reset")) {
			return request.receive().then(Mono.error(new IOException("This is just a test")));
		}
		Answer answer = ANSWERS.get(path);
		return request.receive()
			.aggregate()
			.asString()
			.defaultIfEmpty("")
			.flatMap((body) -> response.status(answer.status())
				.header("Content-Type", answer.contentType())
				.header("Location", "https://evil.example/?" + INPUT)
				.sendString(Mono.just(body(path, request.method().name(), request.uri(),
						request.requestHeaders().get("Authorization") + " " + body)))
				.then());
	}

	private static String path(String uri) {
		return uri.split("/")[1];
	}

	private static String body(String path, String method, String uri, String request) {
		if (path.equals("fine") || path.equals("failed")) {
			return fine(method, uri.substring(path.length() + 1), path.equals("fine") ? "completed" : "error");
		}
		String quoted = Json.write(request);
		return ANSWERS.get(path).body().replace("%s", quoted.substring(1, quoted.length() - 1));
	}

	private static String fine(String method, String uri, String status) {
		if (uri.endsWith("/turns")) {
			return "{\"items\":[" + Json.TURN.replace("The weather?", INPUT).replace("Sunny.", OUTPUT) + "]}";
		}
		if (method.equals("DELETE") && !uri.endsWith("/webhook")) {
			return "{\"archived\":true,\"deleted\":true,\"cancelled\":true}";
		}
		if (uri.startsWith("/api/tasks/")) {
			return Json.task(uri.substring("/api/tasks/".length()), status, LOOK_UPS.incrementAndGet())
				.replace("The weather?", INPUT)
				.replace("Sunny.", OUTPUT);
		}
		if (uri.equals("/api/tasks") || (method.equals("GET") && uri.matches("/api/workers/[^/]*"))) {
			return Json.WORKER.replace("Sunny.", OUTPUT);
		}
		if (uri.contains("/executions")) {
			return Json.webhookExecutions(1, 1, "whx_1").replace("/hook", "/hook?key=" + URL_KEY);
		}
		if (uri.contains("/webhook")) {
			return "{\"token\":\"" + TOKEN + "\",\"url\":\"https://example.com/hook?key=" + URL_KEY + "\"}";
		}
		if (uri.endsWith("/schedules")) {
			String schedule = Json.WORKER_SCHEDULE.replace("The news?", SCHEDULED);
			return method.equals("POST") ? schedule : "{\"schedules\":[" + schedule + "],\"workerId\":\"wrk_1\"}";
		}
		return uri.endsWith("/email") ? "{\"email\":\"" + TOKEN + "@example.com\"}"
				: Json.WORKER_TEMPLATE.replace("Be brief.", TOLD).replace("Writer", TOLD).replace("Writes", TOLD);
	}

	/**
	 * What the server answers.
	 *
	 * @param status the status
	 * @param contentType the type of the body
	 * @param body the body
	 */
	private record Answer(int status, String contentType, String body) {

		static final Answer NONE = new Answer(0, "", "");

	}

	/**
	 * Connection details whose key is gone after the start.
	 */
	private static final class VanishingKey implements HandingerConnectionDetails {

		private final String url;

		private volatile boolean isGone;

		VanishingKey(String url) {
			this.url = url;
		}

		@Override
		public String getBaseUrl() {
			return this.url;
		}

		@Override
		public String getApiKey() {
			return this.isGone ? "" : KEY;
		}

	}

}
