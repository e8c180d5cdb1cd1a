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

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * The latest requests that have reached the simulator.
 */
final class Journal {

	private static final int MOST = 1000;

	private static final int MOST_DESCRIBED = 50;

	private static final String ENTRY = Journal.class.getName() + ".ENTRY";

	private final Scheduler clock;

	private final Deque<Entry> entries = new ArrayDeque<>();

	Journal(Scheduler clock) {
		this.clock = clock;
	}

	/**
	 * Add a request.
	 */
	Entry add(ServerRequest request) {
		String query = request.uri().getRawQuery();
		Entry entry = new Entry(SimulatorClock.now(this.clock), request.method().name(),
				request.path() + ((query != null) ? "?" + query : ""));
		request.attributes().put(ENTRY, entry);
		synchronized (this.entries) {
			this.entries.add(entry);
			if (this.entries.size() > MOST) {
				this.entries.remove();
			}
		}
		return entry;
	}

	/**
	 * Describe what a request asks for, or how it is treated.
	 */
	static void describe(ServerRequest request, String description) {
		request.attribute(ENTRY).map(Entry.class::cast).ifPresent((entry) -> entry.describe(description));
	}

	List<RecordedRequest> requests() {
		synchronized (this.entries) {
			return this.entries.stream().map(Entry::toRecord).toList();
		}
	}

	/**
	 * Describe the latest requests. Requests that are repeated, such as polls, share a
	 * line.
	 */
	List<String> describe() {
		List<String> lines = new ArrayList<>();
		String last = "";
		int times = 0;
		for (RecordedRequest request : requests()) {
			String line = request.toString();
			times = line.equals(last) ? times + 1 : 1;
			if (times > 1) {
				lines.remove(lines.size() - 1);
			}
			lines.add((times > 1) ? line + " (" + times + " times)" : line);
			last = line;
		}
		return lines.subList(Math.max(0, lines.size() - MOST_DESCRIBED), lines.size());
	}

	void clear() {
		synchronized (this.entries) {
			this.entries.clear();
		}
	}

	/**
	 * A request, which is answered later.
	 */
	static final class Entry {

		private final Instant receivedAt;

		private final String method;

		private final String path;

		private volatile @Nullable Integer status;

		private volatile String description = "";

		private Entry(Instant receivedAt, String method, String path) {
			this.receivedAt = receivedAt;
			this.method = method;
			this.path = path;
		}

		private void describe(String description) {
			this.description = this.description.isEmpty() ? description : this.description + ", " + description;
		}

		void answered(int status) {
			this.status = status;
		}

		private RecordedRequest toRecord() {
			return new RecordedRequest(this.receivedAt, this.method, this.path, this.status, this.description);
		}

	}

}
