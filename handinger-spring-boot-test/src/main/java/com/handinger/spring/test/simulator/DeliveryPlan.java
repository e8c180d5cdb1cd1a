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

/**
 * How the end of a turn is delivered to the webhook of its worker. Directives accumulate.
 *
 * @param lost {@code [webhook=lost]}: whether the delivery fails without a connection
 * @param twice {@code [webhook=twice]}: whether it is delivered twice, at the same time
 * @param lateness {@code [webhook=late:3s]}: the delay between the turn and the delivery
 * @param early {@code [webhook=early]}: whether the delivery precedes the visible end of
 * the task
 */
record DeliveryPlan(boolean lost, boolean twice, Duration lateness, boolean early) {

	/**
	 * A delivery without directives.
	 */
	static final DeliveryPlan USUAL = new DeliveryPlan(false, false, Duration.ZERO, false);

	private static final Duration EARLINESS = Duration.ofSeconds(2);

	/**
	 * Return this plan with what a rule says beside it.
	 */
	DeliveryPlan with(Script script) {
		return new DeliveryPlan(this.lost || script.lost(), this.twice || script.twice(), this.lateness, this.early);
	}

	DeliveryPlan withLoss() {
		return new DeliveryPlan(true, this.twice, this.lateness, this.early);
	}

	DeliveryPlan withRepetition() {
		return new DeliveryPlan(this.lost, true, this.lateness, this.early);
	}

	DeliveryPlan withLateness(Duration lateness) {
		return new DeliveryPlan(this.lost, this.twice, lateness, this.early);
	}

	DeliveryPlan withLateEnd() {
		return new DeliveryPlan(this.lost, this.twice, this.lateness, true);
	}

	int times() {
		return this.twice ? 2 : 1;
	}

	/**
	 * Return the delay between the turn and the visible end of the task.
	 */
	Duration untilShown() {
		return this.early ? this.lateness.plus(EARLINESS) : Duration.ZERO;
	}

}
