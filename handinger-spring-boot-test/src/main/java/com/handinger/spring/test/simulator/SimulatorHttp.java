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

package com.handinger.spring.test.simulator;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * The simulator's HTTP interface: routes, authentication and error responses.
 */
final class SimulatorHttp implements BiFunction<HttpServerRequest, HttpServerResponse, Mono<Void>> {

	private static final Log logger = LogFactory.getLog(SimulatorHttp.class);

	private static final String TASKS = "/api/tasks";

	private static final String TASK = "/api/tasks/{taskId}";

	private static final String TURNS = "/api/tasks/{taskId}/turns";

	private static final String WORKERS = "/api/workers";

	private static final String WORKER = "/api/workers/{workerId}";

	private static final String EMAIL = "/api/workers/{workerId}/email";

	private static final String SCHEDULES = "/api/workers/{workerId}/schedules";

	private static final String SCHEDULE = "/api/workers/{workerId}/schedules/{scheduleId}";

	private static final String WEBHOOK = "/api/workers/{workerId}/webhook";

	private static final String TOKEN = "/api/workers/{workerId}/webhook/regenerate-token";

	private static final String EXECUTIONS = "/api/workers/{workerId}/webhook/executions";

	private static final String UPLOADED_FILE = "/files/{fileId}";

	private static final String FILE = "/files/{turnId}/{filename}";

	private static final String STATE = "/simulator/state";

	private static final String REVOKED_API_KEY = "hdg_test_revoked";

	private static final String BEARER = "bearer ";

	private final ReactorHttpHandlerAdapter adapter;

	private final Journal journal;

	private final SimulatorClock clock;

	SimulatorHttp(SimulatedTasks tasks, SimulatedWorkers workers, Deliveries deliveries, Schedules schedules,
			UploadedFiles files, Journal journal, SimulatorClock clock) {
		this.journal = journal;
		this.clock = clock;
		RouterFunction<ServerResponse> api = RouterFunctions.route()
			.add(tasks(new TasksHandler(tasks, files)))
			.add(workers(new WorkersHandler(workers, tasks)))
			.add(schedules(new SchedulesHandler(workers, schedules)))
			.add(webhooks(new WebhooksHandler(workers)))
			.GET(UPLOADED_FILE, (request) -> Answers.file(files.known(request.pathVariable("fileId"))))
			.route(RequestPredicates.path(UPLOADED_FILE), methodNotAllowed("GET"))
			.route(RequestPredicates.path("/api/**"), SimulatorHttp::nothingHere)
			.before(SimulatorHttp::checkApiKey)
			.build();
		StateHandler state = new StateHandler(tasks, workers, deliveries);
		this.adapter = new ReactorHttpHandlerAdapter(
				RouterFunctions.toHttpHandler(routes(api, state, tasks::countPost), HandlerStrategies.empty().build()));
	}

	@Override
	public Mono<Void> apply(HttpServerRequest request, HttpServerResponse response) {
		return isUri(request.uri()) ? this.adapter.apply(request, response) : refuse(response);
	}

	private static boolean isUri(String uri) {
		try {
			new URI(uri);
			return true;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static Mono<Void> refuse(HttpServerResponse response) {
		byte[] json = Answers.json(Map.of("error", "The request path is not valid."));
		return response.status(400)
			.header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
			.header(HttpHeaders.CONTENT_LENGTH, String.valueOf(json.length))
			.sendByteArray(Mono.just(json))
			.then();
	}

	private RouterFunction<ServerResponse> routes(RouterFunction<ServerResponse> api, StateHandler state,
			Runnable onPost) {
		return RouterFunctions.route().before((request) -> {
			if (request.method() == HttpMethod.POST && request.path().equals(TASKS)) {
				onPost.run();
			}
			return request;
		})
			.add(api)
			.GET(STATE, state::state)
			.route(RequestPredicates.path(STATE), methodNotAllowed("GET"))
			.GET(FILE, (request) -> Answers.csv(Report.csv()))
			.route(RequestPredicates.path(FILE), methodNotAllowed("GET"))
			.route(RequestPredicates.all(), SimulatorHttp::nothingHere)
			.filter(this::record)
			.filter(SimulatorHttp::answerErrors)
			.build();
	}

	private static RouterFunction<ServerResponse> tasks(TasksHandler handler) {
		return RouterFunctions.route()
			.POST(TASKS, handler::create)
			.route(RequestPredicates.path(TASKS), methodNotAllowed("POST"))
			.GET(TASK, handler::retrieve)
			.DELETE(TASK, handler::delete)
			.route(RequestPredicates.path(TASK), methodNotAllowed("GET, DELETE"))
			.GET(TURNS, handler::turns)
			.route(RequestPredicates.path(TURNS), methodNotAllowed("GET"))
			.build();
	}

	private static RouterFunction<ServerResponse> workers(WorkersHandler handler) {
		return RouterFunctions.route()
			.POST(WORKERS, handler::create)
			.route(RequestPredicates.path(WORKERS), methodNotAllowed("POST"))
			.GET(WORKER, handler::retrieve)
			.PATCH(WORKER, handler::update)
			.DELETE(WORKER, handler::delete)
			.route(RequestPredicates.path(WORKER), methodNotAllowed("GET, PATCH, DELETE"))
			.GET(EMAIL, handler::email)
			.route(RequestPredicates.path(EMAIL), methodNotAllowed("GET"))
			.build();
	}

	private static RouterFunction<ServerResponse> schedules(SchedulesHandler handler) {
		return RouterFunctions.route()
			.GET(SCHEDULES, handler::list)
			.POST(SCHEDULES, handler::create)
			.route(RequestPredicates.path(SCHEDULES), methodNotAllowed("GET, POST"))
			.DELETE(SCHEDULE, handler::cancel)
			.route(RequestPredicates.path(SCHEDULE), methodNotAllowed("DELETE"))
			.build();
	}

	private static RouterFunction<ServerResponse> webhooks(WebhooksHandler handler) {
		return RouterFunctions.route()
			.GET(WEBHOOK, handler::retrieve)
			.PUT(WEBHOOK, handler::update)
			.DELETE(WEBHOOK, handler::delete)
			.route(RequestPredicates.path(WEBHOOK), methodNotAllowed("GET, PUT, DELETE"))
			.POST(TOKEN, handler::regenerateToken)
			.route(RequestPredicates.path(TOKEN), methodNotAllowed("POST"))
			.GET(EXECUTIONS, handler::executions)
			.route(RequestPredicates.path(EXECUTIONS), methodNotAllowed("GET"))
			.build();
	}

	/**
	 * Return the base URL of a request.
	 */
	static String baseUrl(ServerRequest request) {
		return request.uri().getScheme() + "://" + request.uri().getAuthority();
	}

	private static HandlerFunction<ServerResponse> methodNotAllowed(String allowed) {
		return (request) -> Mono.error(ApiError.methodNotAllowed(allowed));
	}

	private static Mono<ServerResponse> nothingHere(ServerRequest request) {
		return Mono.error(ApiError.notFound("There is nothing at this path."));
	}

	private static ServerRequest checkApiKey(ServerRequest request) {
		String apiKey = apiKey(request.headers().firstHeader(HttpHeaders.AUTHORIZATION));
		if (apiKey.isEmpty()) {
			throw ApiError.unauthorized("An API key is required: send the header 'Authorization: Bearer <key>'.");
		}
		if (apiKey.equals(REVOKED_API_KEY)) {
			throw ApiError.unauthorized("The API key was revoked.");
		}
		return request;
	}

	private static String apiKey(@Nullable String authorization) {
		return (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER))
				? authorization.substring(BEARER.length()).trim() : "";
	}

	/**
	 * Record a request with its answer. A request that changes something may make its
	 * client react, so the clock waits for that. Polls are no reason to wait.
	 */
	private Mono<ServerResponse> record(ServerRequest request, HandlerFunction<ServerResponse> next) {
		if (request.path().equals(STATE)) {
			return next.handle(request);
		}
		Journal.Entry entry = this.journal.add(request);
		Mono<ServerResponse> answer = next.handle(request)
			.doOnNext((response) -> entry.answered(response.statusCode().value()));
		if (request.method() == HttpMethod.GET) {
			return answer;
		}
		this.clock.touch();
		return answer.doFinally((signal) -> this.clock.answered());
	}

	private static Mono<ServerResponse> answerErrors(ServerRequest request, HandlerFunction<ServerResponse> next) {
		return Mono.defer(() -> next.handle(request))
			.onErrorComplete(DisconnectedClientHelper::isClientDisconnectedException)
			.onErrorResume((error) -> answer(request, error));
	}

	private static Mono<ServerResponse> answer(ServerRequest request, Throwable error) {
		if (error instanceof ApiError apiError) {
			return Answers.error(apiError);
		}
		if (error instanceof RejectedExecutionException) {
			return Answers.error(ApiError.closing());
		}
		if (error instanceof InvalidMediaTypeException) {
			return Answers.error(ApiError.unsupportedMediaType());
		}
		logger.error("The simulator failed to handle a request", error);
		String sentence = "The simulator, or the condition of a rule, has failed: " + error;
		Journal.describe(request, sentence);
		return Answers.error(ApiError.failed(sentence));
	}

}
