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

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import org.jspecify.annotations.Nullable;

/**
 * Webhook deliveries that were answered with a status of 4xx, by worker. They are
 * recovered, so without this a wrong path or token would go unnoticed.
 */
final class RejectedDeliveries {

	private static final SafeLog logger = SafeLog.of(RejectedDeliveries.class);

	private final Map<String, String> descriptions = new ConcurrentHashMap<>();

	/**
	 * Note the executions of a worker. A later success clears the rejection.
	 * @param workerId the id of the worker
	 * @param executions its executions with the URL of this application
	 */
	void note(String workerId, List<WebhookExecution> executions) {
		executions.stream()
			.filter((execution) -> isSuccess(execution) || isRejected(execution.responseStatus()))
			.max(Comparator.comparing(WebhookExecution::createdAt).thenComparing(RejectedDeliveries::isSuccess))
			.ifPresent((newest) -> note(workerId, newest));
	}

	private void note(String workerId, WebhookExecution newest) {
		if (isSuccess(newest)) {
			this.descriptions.remove(workerId);
			return;
		}
		String description = describe(newest);
		if (this.descriptions.put(workerId, description) == null) {
			logger.warn("For worker " + workerId + ", " + description
					+ ". Rejected deliveries are recovered by reconciliation");
		}
	}

	/**
	 * Return a description of the last rejected delivery of each worker, unless a later
	 * one has succeeded.
	 */
	Map<String, String> descriptions() {
		return Map.copyOf(this.descriptions);
	}

	private static boolean isSuccess(WebhookExecution execution) {
		return execution.requestStatus() == RequestStatus.SUCCESS;
	}

	private static boolean isRejected(@Nullable Integer status) {
		return status != null && status >= 400 && status < 500;
	}

	private static String describe(WebhookExecution rejected) {
		return "the webhook delivery of " + rejected.createdAt()
				+ (rejected.url().isEmpty() ? "" : " to " + BaseUrl.printable(rejected.url())) + " was answered with "
				+ rejected.responseStatus() + advice(String.valueOf(rejected.responseStatus()));
	}

	private static String advice(String status) {
		return switch (status) {
			case "401", "403" -> ": check that its URL leads to the webhook of this application, and its token";
			case "404", "405" -> ": check that the path of its URL leads to the webhook of this application";
			case "413" -> ": check handinger.webhook.max-body-size and the limits of proxies";
			default -> "";
		};
	}

}
