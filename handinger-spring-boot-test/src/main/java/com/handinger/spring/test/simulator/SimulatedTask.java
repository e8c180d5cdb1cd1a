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
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A task with its turns, which run one after the other. Guarded by
 * {@link SimulatedTasks}.
 */
final class SimulatedTask {

	private final String id;

	private final String title;

	private final SimulatedWorker worker;

	private final String triggeredBy;

	private final Instant createdAt;

	private final List<SimulatedTurn> turns = new ArrayList<>();

	private final List<RecordedDelivery> deliveries = new ArrayList<>();

	private int endedTurns;

	private int credits;

	private long durationMs;

	private long characters;

	private ApiVersion apiVersion;

	SimulatedTask(String id, String title, SimulatedWorker worker, String triggeredBy, ApiVersion apiVersion,
			Instant createdAt) {
		this.id = id;
		this.title = title;
		this.worker = worker;
		this.triggeredBy = triggeredBy;
		this.apiVersion = apiVersion;
		this.createdAt = createdAt;
	}

	String id() {
		return this.id;
	}

	String title() {
		return this.title;
	}

	SimulatedWorker worker() {
		return this.worker;
	}

	/**
	 * Return the number of characters of input that this task holds.
	 */
	long characters() {
		return this.characters;
	}

	int turnCount() {
		return this.turns.size();
	}

	TurnStatus status() {
		return current(this.turns).status();
	}

	SimulatedTurn add(TaskRequest request, Duration runTime, Instant now) {
		SimulatedTurn turn = new SimulatedTurn(this, request, this.turns.size(), runTime, now);
		this.turns.add(turn);
		this.characters += request.input().length();
		ApiVersion apiVersion = request.directives().apiVersion();
		if (apiVersion != null) {
			this.apiVersion = apiVersion;
		}
		return turn;
	}

	/**
	 * Return the turn to start now, if there is one.
	 */
	@Nullable SimulatedTurn next() {
		return (this.endedTurns < this.turns.size()) ? this.turns.get(this.endedTurns) : null;
	}

	/**
	 * Return whether a turn is the one to start now.
	 */
	boolean isNext(SimulatedTurn turn) {
		return next() == turn;
	}

	/**
	 * Return the latest turn that has ended, if there is one.
	 */
	@Nullable SimulatedTurn latestEnd() {
		return (this.endedTurns > 0) ? this.turns.get(this.endedTurns - 1) : null;
	}

	/**
	 * Give up the turns that have not ended.
	 */
	void abandon() {
		this.turns.subList(this.endedTurns, this.turns.size()).forEach(SimulatedTurn::abandon);
	}

	void complete(SimulatedTurn turn, Instant now) {
		turn.complete(now);
		this.endedTurns++;
		this.credits += turn.credits();
		this.durationMs += turn.durationMs();
	}

	/**
	 * Add a delivery, which has its own lock because it does not end on the clock.
	 */
	void add(RecordedDelivery delivery) {
		synchronized (this.deliveries) {
			this.deliveries.add(delivery);
		}
	}

	int deliveryCount() {
		synchronized (this.deliveries) {
			return this.deliveries.size();
		}
	}

	RecordedTask toRecord(long posts) {
		List<RecordedDelivery> deliveries;
		synchronized (this.deliveries) {
			deliveries = List.copyOf(this.deliveries);
		}
		return new RecordedTask(this.id, this.worker.id(), status(), (int) posts,
				this.turns.stream().map(SimulatedTurn::toRecord).toList(), deliveries);
	}

	/**
	 * Return the visible turns.
	 */
	private List<SimulatedTurn> shown() {
		return this.turns.stream().takeWhile((turn) -> !turn.isHidden()).toList();
	}

	private SimulatedTurn current(List<SimulatedTurn> turns) {
		return turns.get(currentIndex(turns));
	}

	private int currentIndex(List<SimulatedTurn> turns) {
		return Math.min(this.endedTurns, turns.size() - 1);
	}

	TaskJson.WithTurns toJson(String baseUrl) {
		List<SimulatedTurn> shown = shown();
		SimulatedTurn current = current(shown);
		String userId = this.triggeredBy.equals("schedule") ? null : "usr_simulator";
		TaskJson task = new TaskJson(this.id, current.completedAt(), this.createdAt, userId, "org_simulator",
				current.status(), this.title, new TaskJson.Totals(this.credits, this.durationMs, shown.size()),
				this.triggeredBy, this.worker.url(baseUrl) + "/task/" + this.id, this.worker.id());
		return new TaskJson.WithTurns(task, (this.apiVersion == ApiVersion.V2026_05) ? toJson(shown, baseUrl) : null);
	}

	TaskJson.TurnList toTurnList(String baseUrl) {
		return new TaskJson.TurnList(toJson(shown(), baseUrl), this.id);
	}

	private static List<TurnJson> toJson(List<SimulatedTurn> turns, String baseUrl) {
		return turns.stream().map((turn) -> turn.toJson(baseUrl)).toList();
	}

	/**
	 * Return the messages of the ended turns and of the current one.
	 */
	Conversation toConversation(String baseUrl) {
		List<SimulatedTurn> shown = shown();
		return toConversation(shown.get(currentIndex(shown)), baseUrl);
	}

	/**
	 * Return the messages of a turn and of those before it.
	 */
	Conversation toConversation(SimulatedTurn turn, String baseUrl) {
		return Conversation.of(this.worker, this.turns.subList(0, turn.seq() + 1), this.apiVersion, baseUrl);
	}

}
