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

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.handinger.spring.support.ServerKeys;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContextBuilder;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

/**
 * Speaks as much of the API as the benchmark calls, over plain HTTP/1.1 and over TLS with
 * HTTP/2. A task takes as long as its input says, such as {@code [delay=30s]}.
 */
final class BenchmarkServer {

	/**
	 * How the ids of tasks start that have ended long ago.
	 */
	static final String ENDED_TASK = "tsk_ended_";

	private static final int STREAMS_OF_A_CONNECTION = 100;

	private static final Pattern DELAY = Pattern.compile("\\[delay=(\\d+)s]");

	private static final Pattern TASK_ID = Pattern.compile("\"taskId\":\"([^\"]+)\"");

	private static final Instant NEVER = Instant.MAX;

	private static final String TEXT = "Sunny with a light breeze from the sea. ".repeat(15).strip();

	private static final String WORKER = """
			{"id":"wrk_01HZY31W2SZJ8MJ2FQTR3M1K9D","created_at":1753000000,"error":null,"files":[
			{"filename":"forecast.csv","mediaType":"text/csv","url":"https://handinger.com/f/forecast.csv","size":48211}],
			"incomplete_details":null,"messages":[{"role":"user","content":"What is the weather in Barcelona?"},
			{"role":"assistant","content":"$text"}],"metadata":{"taskId":"$taskId","endedAt":"$end"},
			"object":"worker","output":[{"id":"msg_1","content":[{"text":"$text","type":"output_text"}],
			"role":"assistant","status":"completed","type":"message"}],"output_text":"$text","running":false,
			"sources":[{"id":"src_1","title":"Forecast","type":"url","url":"https://example.com/barcelona"}],
			"status":"completed","structured_output":null,"url":"https://handinger.com/w/wrk_1",
			"usage":{"credits":2,"durationMs":4200}}"""
		.replace("$text", TEXT);

	private static final String TURN = """
			{"id":"trn_$number","completedAt":"2026-07-01T10:00:04.200Z","credits":2,"durationMs":4200,"files":[],
			"input":"What is the weather in Barcelona?","inputTokens":812,"outputText":"$text","outputTokens":164,
			"role":"assistant","seq":$number,"startedAt":"2026-07-01T10:00:00.000Z","status":"completed",
			"structuredOutput":null,"taskId":"$taskId"}""".replace("$text", TEXT);

	private static final String TASK_START = """
			{"task":{"id":"$taskId","completedAt":$end,"createdAt":"2026-07-01T10:00:00.000Z","createdByUserId":null,
			"organizationId":"org_01HZY31W2SZJ8MJ2FQTR3M1K9D","status":"$status","title":"Weather in Barcelona",
			"totals":{"credits":6,"durationMs":12600,"turnCount":3},"triggeredBy":"api",
			"url":"https://handinger.com/t/$taskId","workerId":"wrk_01HZY31W2SZJ8MJ2FQTR3M1K9D"},"turns":[""";

	private static final String TASK = TASK_START
			+ Stream.of("1", "2", "3").map((number) -> TURN.replace("$number", number)).collect(Collectors.joining(","))
			+ "]}";

	private final Map<String, Instant> ends = new ConcurrentHashMap<>();

	private final AtomicInteger posts = new AtomicInteger();

	private final AtomicInteger connections = new AtomicInteger();

	private final AtomicInteger mostConnections = new AtomicInteger();

	private final int port;

	private final int tlsPort;

	private BenchmarkServer(ServerKeys keys) {
		LoopResources loops = LoopResources.create("benchmark-server");
		HttpServer server = HttpServer.create()
			.port(0)
			.runOn(loops)
			.doOnChannelInit((observer, channel, address) -> count(channel))
			.route((routes) -> routes.get("/api/tasks/{taskId}", this::retrieve).post("/api/tasks", this::create));
		SslProvider.GenericSslContextSpec<SslContextBuilder> tls = Http2SslContextSpec.forServer(keys.keyManagers());
		this.port = server.bindNow().port();
		this.tlsPort = server.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
			.http2Settings((settings) -> settings.maxConcurrentStreams(STREAMS_OF_A_CONNECTION))
			.secure((ssl) -> ssl.sslContext(tls))
			.bindNow()
			.port();
	}

	private void count(Channel channel) {
		int connections = this.connections.incrementAndGet();
		this.mostConnections.accumulateAndGet(connections, Math::max);
		channel.closeFuture().addListener((closed) -> this.connections.decrementAndGet());
	}

	private Publisher<Void> retrieve(HttpServerRequest request, HttpServerResponse response) {
		String taskId = String.valueOf(request.param("taskId"));
		Instant end = taskId.startsWith(ENDED_TASK) ? Instant.EPOCH : this.ends.get(taskId);
		if (end == null) {
			return json(response.status(HttpResponseStatus.NOT_FOUND), "{\"error\":\"There is no such task.\"}");
		}
		boolean ended = end != NEVER;
		return json(response,
				TASK.replace("$taskId", taskId)
					.replace("$status", ended ? "completed" : "running")
					.replace("$end", ended ? "\"" + end + "\"" : "null"));
	}

	private Publisher<Void> create(HttpServerRequest request, HttpServerResponse response) {
		return request.receive().aggregate().asString().flatMap((body) -> {
			this.posts.incrementAndGet();
			String taskId = find(TASK_ID, body);
			String seconds = find(DELAY, body);
			this.ends.put(taskId, NEVER);
			return seconds.isEmpty() ? answer(response, taskId)
					: Mono.delay(Duration.ofSeconds(Long.parseLong(seconds)))
						.flatMap((now) -> answer(response, taskId));
		});
	}

	private Mono<Void> answer(HttpServerResponse response, String taskId) {
		Instant end = Instant.now();
		this.ends.put(taskId, end);
		return json(response, WORKER.replace("$taskId", taskId).replace("$end", end.toString()));
	}

	private static Mono<Void> json(HttpServerResponse response, String json) {
		return response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
			.sendByteArray(Mono.just(json.getBytes(StandardCharsets.UTF_8)))
			.then();
	}

	private static String find(Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		return matcher.find() ? matcher.group(1) : "";
	}

	/**
	 * Return a task that has finished, as JSON.
	 */
	static String taskWithOneTurn() {
		return (TASK_START + TURN.replace("$number", "1") + "]}").replace("$taskId", "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D")
			.replace("$end", "\"2026-07-01T10:00:04.200Z\"")
			.replace("$status", "completed");
	}

	/**
	 * Return a worker that has answered, as JSON.
	 */
	static String worker() {
		return WORKER.replace("$taskId", "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D").replace("$end", "2026-07-01T10:00:04.200Z");
	}

	private Counts counts(Question question) {
		if (question.fromNowOn()) {
			this.posts.set(0);
			this.mostConnections.set(this.connections.get());
			this.ends.clear();
		}
		return new Counts(this.port, this.tlsPort, this.posts.get(), this.connections.get(),
				this.mostConnections.get());
	}

	public static void main(String[] arguments) throws Exception {
		ChildJvm.answer(Question.class, () -> new BenchmarkServer(new ServerKeys(Path.of(arguments[0])))::counts);
	}

	/**
	 * What the server is asked.
	 *
	 * @param fromNowOn whether to count from zero again
	 */
	record Question(boolean fromNowOn) {
	}

	/**
	 * What the server has seen.
	 *
	 * @param port its port for plain HTTP/1.1
	 * @param tlsPort its port for TLS
	 * @param posts the requests to run a task
	 * @param connections the connections there are
	 * @param mostConnections the most connections at the same time
	 */
	record Counts(int port, int tlsPort, int posts, int connections, int mostConnections) {
	}

}
