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

import java.util.Map;

import io.netty.channel.ChannelOption;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Handles requests for tasks.
 */
final class TasksHandler {

	private final SimulatedTasks tasks;

	private final TaskRequestReader reader;

	TasksHandler(SimulatedTasks tasks, UploadedFiles files) {
		this.tasks = tasks;
		this.reader = new TaskRequestReader(tasks::countPost, files);
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return this.reader.read(request).flatMap((task) -> {
			Journal.describe(request, task.describe());
			SimulatedTurn turn = this.tasks.accept(task);
			if (this.tasks.missesRules(turn)) {
				Journal.describe(request, "no rule applies");
			}
			return answer(request, turn);
		});
	}

	private Mono<ServerResponse> answer(ServerRequest request, SimulatedTurn turn) {
		Directives directives = turn.request().directives();
		if (directives.hangUp() != null) {
			return hangUp(request, directives.hangUp());
		}
		if (directives.answerStatus() != null) {
			return Answers.status(directives.answerStatus());
		}
		return turn.end()
			.flatMap((ended) -> Answers.worker(this.tasks.conversation(ended, SimulatorHttp.baseUrl(request))))
			.switchIfEmpty(Mono.defer(() -> hangUp(request, Directives.HangUp.CLOSE)));
	}

	private static Mono<ServerResponse> hangUp(ServerRequest request, Directives.HangUp hangUp) {
		Journal.describe(request, "connection closed");
		HttpServerRequest nativeRequest = ServerHttpRequestDecorator.getNativeRequest(request.exchange().getRequest());
		return Mono.create((sink) -> nativeRequest.withConnection((connection) -> {
			connection.onDispose(sink::success);
			if (hangUp == Directives.HangUp.RESET) {
				connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
			}
			connection.channel().close();
		}));
	}

	Mono<ServerResponse> retrieve(ServerRequest request) {
		return Answers.ok(this.tasks.retrieve(taskId(request), SimulatorHttp.baseUrl(request)));
	}

	Mono<ServerResponse> turns(ServerRequest request) {
		return Answers.ok(this.tasks.turns(taskId(request), SimulatorHttp.baseUrl(request)));
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		this.tasks.archive(taskId(request));
		return Answers.ok(Map.of("archived", true));
	}

	private static String taskId(ServerRequest request) {
		return request.pathVariable("taskId");
	}

}
