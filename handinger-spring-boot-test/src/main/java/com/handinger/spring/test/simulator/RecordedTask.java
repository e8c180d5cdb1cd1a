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

import java.util.List;

/**
 * A task that has reached the simulator, as of the moment when it was asked for.
 *
 * @param id the id of the task
 * @param workerId the worker that runs it
 * @param status the status
 * @param posts the number of requests that named or created it, including rejected ones
 * @param turns the turns in the order of their arrival, at least one
 * @param deliveries the attempts to deliver its ends to a webhook that have ended, the
 * oldest first
 */
public record RecordedTask(String id, String workerId, TurnStatus status, int posts, List<RecordedTurn> turns,
		List<RecordedDelivery> deliveries) {

	/**
	 * Return the input of the latest turn.
	 * @return the input
	 */
	public String input() {
		return latest().input();
	}

	/**
	 * Return the budget of the latest turn.
	 * @return {@code low}, {@code standard}, {@code high} or {@code unlimited}
	 */
	public String budget() {
		return latest().budget();
	}

	/**
	 * Return the answer of the latest turn.
	 * @return the text, which is empty until the turn has ended
	 */
	public String outputText() {
		return latest().outputText();
	}

	/**
	 * Return the files that were uploaded with the latest turn.
	 * @return the files
	 */
	public List<RecordedFile> files() {
		return latest().files();
	}

	private RecordedTurn latest() {
		return this.turns.get(this.turns.size() - 1);
	}

	@Override
	public String toString() {
		return this.id + " of " + this.workerId + ", " + this.status.wireName() + ", posts: " + this.posts + ", turns: "
				+ this.turns + ", deliveries: " + this.deliveries;
	}

}
