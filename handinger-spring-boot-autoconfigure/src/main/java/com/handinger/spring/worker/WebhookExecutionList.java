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

package com.handinger.spring.worker;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * A page of attempts to deliver to a webhook.
 *
 * @param logs the attempts
 * @param pageCount how many pages there are, or something else if the API does not tell
 */
record WebhookExecutionList(@JsonProperty(required = true) List<WebhookExecution> logs, @Nullable Object pageCount) {

	WebhookExecutionList {
		logs = ImmutableJson.list(logs);
	}

	/**
	 * Return whether a page is the last, or {@code null} if the API does not tell.
	 */
	@Nullable Boolean isLast(int page) {
		return (this.pageCount instanceof Number count) ? page >= count.doubleValue() : null;
	}

	@Override
	public String toString() {
		return "WebhookExecutionList[logs=" + this.logs + "]";
	}

}
