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
import java.util.Collections;
import java.util.List;

/**
 * The newest delivery attempts of one worker. An attempt is listed when it has ended,
 * sorted by its start.
 */
final class Executions {

	private static final int MOST = 10_000;

	private static final int PAGE_SIZE = 50;

	private final List<WebhookExecution> oldestFirst = new ArrayList<>();

	synchronized void add(WebhookExecution execution) {
		int position = this.oldestFirst.size();
		while (position > 0 && this.oldestFirst.get(position - 1).createdAt().isAfter(execution.createdAt())) {
			position--;
		}
		this.oldestFirst.add(position, execution);
		if (this.oldestFirst.size() > MOST) {
			this.oldestFirst.remove(0);
		}
	}

	/**
	 * Return a page, the newest first. A page that does not exist is empty.
	 */
	synchronized Page page(int page) {
		int count = this.oldestFirst.size();
		int end = (int) Math.max(0, count - (page - 1L) * PAGE_SIZE);
		List<WebhookExecution> logs = new ArrayList<>(this.oldestFirst.subList(Math.max(0, end - PAGE_SIZE), end));
		Collections.reverse(logs);
		return new Page(logs, page, (count + PAGE_SIZE - 1) / PAGE_SIZE, count);
	}

	/**
	 * A {@code WebhookExecutionList} of the contract.
	 *
	 * @param logs the executions, the newest first
	 * @param page the number of the page
	 * @param pageCount the number of pages
	 * @param totalCount the number of executions
	 */
	record Page(List<WebhookExecution> logs, int page, int pageCount, int totalCount) {
	}

}
