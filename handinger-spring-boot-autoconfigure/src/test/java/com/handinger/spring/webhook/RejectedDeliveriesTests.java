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

package com.handinger.spring.webhook;

import java.time.Instant;
import java.util.List;

import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Deliveries that were answered with a status of 4xx.
 */
@ExtendWith(OutputCaptureExtension.class)
class RejectedDeliveriesTests {

	private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

	private final RejectedDeliveries deliveries = new RejectedDeliveries();

	private static WebhookExecution execution(int age, @Nullable Integer status) {
		RequestStatus requestStatus = (status != null && status < 300) ? RequestStatus.SUCCESS : RequestStatus.ERROR;
		return new WebhookExecution("whx_" + age, NOW.minusSeconds(age), 10, null, requestStatus, status, "tsk_1", null,
				"https://example.com/other?secret=5ecret", "wrk_1");
	}

	@ParameterizedTest
	@CsvSource({ "401, and its token", "403, and its token", "404, the path of its URL", "405, the path of its URL",
			"413, handinger.webhook.max-body-size", "400, answered with 400" })
	void rejectedDeliveryIsDescribedAndLoggedOnce(int status, String advice, CapturedOutput output) {
		this.deliveries.note("wrk_1", List.of(execution(1, status)));
		this.deliveries.note("wrk_1", List.of(execution(1, status)));
		this.deliveries.note("wrk_1", List.of(execution(0, status), execution(1, status)));
		assertThat(this.deliveries.descriptions().get("wrk_1")).contains("https://example.com/other?",
				"was answered with " + status, advice);
		assertThat(output).containsOnlyOnce("was answered with " + status).doesNotContain("5ecret");
	}

	@Test
	void deliveryThatSucceedsLaterSettlesTheMatter(CapturedOutput output) {
		this.deliveries.note("wrk_1", List.of(execution(2, 401)));
		this.deliveries.note("wrk_1", List.of(execution(1, 204), execution(2, 401)));
		assertThat(this.deliveries.descriptions()).isEmpty();
		this.deliveries.note("wrk_1", List.of(execution(0, 404), execution(1, 204), execution(2, 401)));
		assertThat(this.deliveries.descriptions().get("wrk_1")).contains("404");
		assertThat(output).contains("answered with 401", "answered with 404");
	}

	@Test
	void otherFailuresAreNoRejection(CapturedOutput output) {
		this.deliveries.note("wrk_1", List.of(execution(0, 503), execution(1, null), execution(2, 302)));
		assertThat(this.deliveries.descriptions()).isEmpty();
		assertThat(output).doesNotContain("answered with");
	}

	@Test
	void rejectionIsKeptWhenItIsNoLongerRead() {
		this.deliveries.note("wrk_1", List.of(execution(0, 404)));
		this.deliveries.note("wrk_1", List.of());
		assertThat(this.deliveries.descriptions()).containsOnlyKeys("wrk_1");
	}

}
