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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatedTasksTests {

	private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

	private final List<TurnStatus> whenDelivered = new ArrayList<>();

	private final SimulatedTasks tasks = new SimulatedTasks(ApiVersion.V2026_07, this.clock,
			new SimulatedWorkers(this.clock), (turn) -> this.whenDelivered.add(turn.status()), new Rules(),
			Duration.ofMillis(500));

	@AfterEach
	void stopClock() {
		this.clock.dispose();
	}

	private SimulatedTurn accept(String input) {
		return this.tasks.accept(TaskRequest.of(Map.of("input", input, "taskId", "tsk_1"), List.of()));
	}

	@Test
	void turnIsPendingThenRunningThenCompletedByItsOwnClock() {
		SimulatedTurn turn = accept("[delay=900ms]");
		assertThat(turn.status()).isEqualTo(TurnStatus.PENDING);
		this.clock.advanceTimeBy(Duration.ofMillis(99));
		assertThat(turn.status()).isEqualTo(TurnStatus.PENDING);
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(turn.status()).isEqualTo(TurnStatus.RUNNING);
		this.clock.advanceTimeBy(Duration.ofMillis(799));
		assertThat(turn.status()).isEqualTo(TurnStatus.RUNNING);
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(turn.status()).isEqualTo(TurnStatus.COMPLETED);
	}

	@Test
	void turnsOfOneTaskRunOneAfterTheOther() {
		SimulatedTurn first = accept("[delay=1s]");
		SimulatedTurn second = accept("[delay=1s][end=error]");
		this.clock.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(first.status()).isEqualTo(TurnStatus.COMPLETED);
		assertThat(second.status()).isEqualTo(TurnStatus.PENDING);
		this.clock.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(second.status()).isEqualTo(TurnStatus.ERROR);
	}

	@Test
	void endIsDeliveredWhenItIsShown() {
		accept("[delay=1s]");
		this.clock.advanceTimeBy(Duration.ofMillis(999));
		assertThat(this.whenDelivered).isEmpty();
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.whenDelivered).containsExactly(TurnStatus.COMPLETED);
	}

	@Test
	void lateEndIsDeliveredAfterItsDelay() {
		SimulatedTurn turn = accept("[delay=1s][webhook=late:3s]");
		this.clock.advanceTimeBy(Duration.ofMillis(3999));
		assertThat(turn.status()).isEqualTo(TurnStatus.COMPLETED);
		assertThat(this.whenDelivered).isEmpty();
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.whenDelivered).containsExactly(TurnStatus.COMPLETED);
	}

	@ParameterizedTest
	@CsvSource({ "[webhook=early], 1000", "[webhook=late:3s][webhook=early], 4000",
			"[webhook=early][webhook=late:3s], 4000" })
	void earlyEndIsShownTwoSecondsAfterItsDelivery(String directives, long deliveredAfter) {
		SimulatedTurn turn = accept("[delay=1s]" + directives);
		this.clock.advanceTimeBy(Duration.ofMillis(deliveredAfter - 1));
		assertThat(this.whenDelivered).isEmpty();
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.whenDelivered).containsExactly(TurnStatus.RUNNING);
		this.clock.advanceTimeBy(Duration.ofMillis(1999));
		assertThat(turn.status()).isEqualTo(TurnStatus.RUNNING);
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		assertThat(turn.status()).isEqualTo(TurnStatus.COMPLETED);
		assertThat(this.whenDelivered).hasSize(1);
	}

	@Test
	void followUpWithAnEarlyEndLeavesTheTaskAtTheEndBefore() {
		accept("[delay=1s]");
		this.clock.advanceTimeBy(Duration.ofSeconds(1));
		TaskJson.WithTurns before = this.tasks.retrieve("tsk_1", "");
		accept("[delay=1s][end=error][webhook=early]");
		assertThat(this.tasks.retrieve("tsk_1", "")).isEqualTo(before);
		this.clock.advanceTimeBy(Duration.ofMillis(2999));
		assertThat(this.whenDelivered).hasSize(2);
		assertThat(this.tasks.retrieve("tsk_1", "")).isEqualTo(before);
		assertThat(this.tasks.turns("tsk_1", "").items()).hasSize(1);
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		TaskJson task = this.tasks.retrieve("tsk_1", "").task();
		assertThat(task.status()).isEqualTo(TurnStatus.ERROR);
		assertThat(task.totals().turnCount()).isEqualTo(2);
	}

}
