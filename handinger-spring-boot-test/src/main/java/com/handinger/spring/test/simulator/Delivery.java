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

/**
 * A delivery to the webhook of a worker.
 *
 * @param task the task
 * @param lost whether the delivery fails without a connection
 * @param body the body
 */
record Delivery(SimulatedTask task, boolean lost, Body body) {

	static Delivery of(SimulatedTurn turn) {
		SimulatedTask task = turn.task();
		Directives directives = turn.request().directives();
		return new Delivery(task, directives.delivery().lost(),
				new Body(task.id(), task.worker().id(), directives.end()));
	}

	/**
	 * Return this delivery as one that is not lost.
	 */
	Delivery found() {
		return new Delivery(this.task, false, this.body);
	}

	SimulatedWorker worker() {
		return this.task.worker();
	}

	/**
	 * A {@code DeliveryBody} of the contract.
	 *
	 * @param taskId the task
	 * @param workerId the worker
	 * @param status the status of the task
	 */
	record Body(String taskId, String workerId, TurnStatus status) {
	}

}
