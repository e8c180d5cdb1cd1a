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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * A turn of a {@link SimulatedTask}. It is pending, then running, then ended.
 */
final class SimulatedTurn {

	private static final Duration LONGEST_PENDING = Duration.ofMillis(100);

	private static final int CHARACTERS_PER_TOKEN = 4;

	private final String id = "trn_" + Ulid.next();

	private final SimulatedTask task;

	private final TaskRequest request;

	private final int seq;

	private final @Nullable JsonNode outputSchema;

	private final Sinks.One<SimulatedTurn> end = Sinks.one();

	private final Duration runTime;

	private Instant startedAt;

	private @Nullable Instant completedAt;

	private TurnStatus status = TurnStatus.PENDING;

	private @Nullable Map<String, @Nullable Object> structuredOutput;

	private boolean ending;

	SimulatedTurn(SimulatedTask task, TaskRequest request, int seq, Duration runTime, Instant createdAt) {
		this.task = task;
		this.request = request;
		this.seq = seq;
		this.runTime = runTime;
		this.startedAt = createdAt;
		this.outputSchema = task.worker().outputSchema();
	}

	SimulatedTask task() {
		return this.task;
	}

	TaskRequest request() {
		return this.request;
	}

	int seq() {
		return this.seq;
	}

	TurnStatus status() {
		return this.status;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	@Nullable Instant completedAt() {
		return this.completedAt;
	}

	int credits() {
		return this.status.isEnd() ? this.request.budget().credits() : 0;
	}

	long durationMs() {
		return (this.completedAt != null) ? Duration.between(this.startedAt, this.completedAt).toMillis() : 0;
	}

	Duration pendingTime() {
		Duration fifth = this.runTime.dividedBy(5);
		return (fifth.compareTo(LONGEST_PENDING) < 0) ? fifth : LONGEST_PENDING;
	}

	Duration runningTime() {
		return this.runTime.minus(pendingTime());
	}

	void begin(Instant now) {
		this.startedAt = now;
	}

	void run() {
		this.status = TurnStatus.RUNNING;
	}

	/**
	 * Start the end of this turn, and return false if it has started before. Its delivery
	 * may precede it.
	 */
	boolean startEnding() {
		boolean first = !this.ending;
		this.ending = true;
		return first;
	}

	void complete(Instant now) {
		this.status = this.request.directives().end();
		this.completedAt = now;
		this.structuredOutput = (this.status == TurnStatus.COMPLETED) ? createStructuredOutput() : null;
	}

	/**
	 * Return whether this turn is not visible yet: if its end is delivered early, the
	 * task still shows the end of the previous turn.
	 */
	boolean isHidden() {
		return this.seq > 0 && !this.status.isEnd() && this.request.directives().delivery().early();
	}

	/**
	 * Signal that this turn has ended.
	 */
	void tellEnd() {
		this.end.tryEmitValue(this);
	}

	/**
	 * Signal that this turn never ends.
	 */
	void abandon() {
		this.end.tryEmitEmpty();
	}

	/**
	 * Return this turn once it has ended, after which it does not change, or nothing if
	 * it never ends.
	 */
	Mono<SimulatedTurn> end() {
		return this.end.asMono();
	}

	String outputText() {
		return switch (this.status) {
			case PENDING, RUNNING -> "";
			case COMPLETED, ERROR, ABORTED -> {
				String scripted = this.request.script().answer();
				yield (scripted != null) ? scripted : ownText();
			}
		};
	}

	private String ownText() {
		return switch (this.status) {
			case PENDING, RUNNING -> "";
			case COMPLETED -> isReport() ? Report.text() : ExampleAnswers.to(this.request.input());
			case ERROR -> "The task failed: a website that the worker needs did not respond.";
			case ABORTED -> "The task was aborted before it had finished.";
		};
	}

	private boolean isReport() {
		return this.status == TurnStatus.COMPLETED && this.request.directives().report();
	}

	List<WorkerJson.Source> sources() {
		return isReport() ? Report.sources() : List.of();
	}

	List<WorkerJson.File> files(String baseUrl) {
		return isReport() ? List.of(Report.file(this.id, baseUrl)) : List.of();
	}

	@Nullable Map<String, @Nullable Object> structuredOutput() {
		return this.structuredOutput;
	}

	/**
	 * Create structured output as a rule says, or such that it fits the schema that the
	 * worker had when this turn arrived.
	 */
	private @Nullable Map<String, @Nullable Object> createStructuredOutput() {
		Map<String, @Nullable Object> scripted = this.request.script().structuredOutput();
		if (scripted != null) {
			return scripted;
		}
		if (this.outputSchema != null) {
			return SchemaExamples.structuredOutput(this.outputSchema);
		}
		return isReport() ? Report.structuredOutput() : null;
	}

	RecordedTurn toRecord() {
		List<RecordedFile> files = this.request.files()
			.stream()
			.map((file) -> new RecordedFile(file.filename(), file.mediaType(), file.size()))
			.toList();
		return new RecordedTurn(this.request.input(), this.request.budget().wireName(), this.status, outputText(),
				structuredOutput(), files, this.startedAt, this.completedAt);
	}

	TurnJson toJson(String baseUrl) {
		String outputText = outputText();
		return new TurnJson(this.id, this.completedAt, credits(), durationMs(), files(baseUrl), this.request.input(),
				tokens(this.request.input()), outputText, tokens(outputText), "user", this.seq, this.startedAt,
				this.status, structuredOutput(), this.task.id());
	}

	private static int tokens(String text) {
		return (text.length() + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
	}

}
