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

import java.util.ArrayList;
import java.util.List;

/**
 * A snapshot of a worker with its inputs and answers.
 *
 * @param worker the worker
 * @param messages the messages
 * @param fillerSize the number of bytes of additional text in the messages
 */
record Conversation(WorkerJson worker, List<Message> messages, long fillerSize) {

	/**
	 * Return the conversation of the given turns. The last turn determines the state of
	 * the worker.
	 */
	static Conversation of(SimulatedWorker worker, List<SimulatedTurn> turns, ApiVersion apiVersion, String baseUrl) {
		List<Message> messages = new ArrayList<>();
		long fillerSize = 0;
		for (SimulatedTurn turn : turns) {
			messages.add(new Message("user", turn.request().input()));
			if (turn.status().isEnd()) {
				messages.add(new Message("assistant", turn.outputText()));
				fillerSize += turn.request().directives().messageSize().toBytes();
			}
		}
		SimulatedTurn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
		return new Conversation(WorkerJson.of(worker, last, apiVersion, baseUrl), messages, fillerSize);
	}

	/**
	 * A message.
	 *
	 * @param role the role of the sender
	 * @param content the text
	 */
	record Message(String role, String content) {
	}

}
