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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExecutionsTests {

	private final Executions executions = new Executions();

	private void add(long start) {
		this.executions.add(new WebhookExecution("exe_" + start, Instant.ofEpochMilli(start), 0, null,
				DeliveryOutcome.Status.SUCCESS, 204, "tsk_1", "Task 1", "http://localhost", "wrk_1"));
	}

	@Test
	void thereAreNoPagesWithoutAnExecution() {
		Executions.Page page = this.executions.page(1);
		assertThat(page.logs()).isEmpty();
		assertThat(page.pageCount()).isZero();
		assertThat(page.totalCount()).isZero();
	}

	@Test
	void executionIsSortedByItsStart() {
		add(1);
		add(3);
		add(2);
		assertThat(this.executions.page(1).logs()).extracting(WebhookExecution::id)
			.containsExactly("exe_3", "exe_2", "exe_1");
	}

	@Test
	void lastPageHasWhatIsLeft() {
		for (int start = 1; start <= 101; start++) {
			add(start);
		}
		assertThat(this.executions.page(1).pageCount()).isEqualTo(3);
		assertThat(this.executions.page(2).logs()).hasSize(50);
		assertThat(this.executions.page(3).logs()).extracting(WebhookExecution::id).containsExactly("exe_1");
		assertThat(this.executions.page(999_999_999).logs()).isEmpty();
	}

	@Test
	void oldestAreEvicted() {
		for (int start = 1; start <= 10_001; start++) {
			add(start);
		}
		assertThat(this.executions.page(1).totalCount()).isEqualTo(10_000);
		assertThat(this.executions.page(200).logs()).extracting(WebhookExecution::id).last().isEqualTo("exe_2");
	}

}
