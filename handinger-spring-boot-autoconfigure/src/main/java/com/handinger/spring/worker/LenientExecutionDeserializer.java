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

import java.time.Instant;

import com.handinger.spring.http.LenientInstantDeserializer;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads what can be read of an attempt to deliver: one that is odd must not hide the
 * others on its page.
 */
final class LenientExecutionDeserializer extends ValueDeserializer<@Nullable WebhookExecution> {

	private static final LenientInstantDeserializer INSTANT = new LenientInstantDeserializer();

	@Override
	public @Nullable WebhookExecution deserialize(JsonParser parser, DeserializationContext context) {
		JsonNode node = context.readTree(parser);
		if (!node.isObject()) {
			return null;
		}
		Instant createdAt = instant(node.get("createdAt"), context);
		String taskId = text(node, "taskId");
		String id = text(node, "id");
		return new WebhookExecution((id != null) ? id : "none of " + taskId + " at " + createdAt, createdAt,
				number(node, "durationMs"), text(node, "errorMessage"), status(text(node, "requestStatus")),
				node.path("responseStatus").isInt() ? node.get("responseStatus").intValue() : null, taskId,
				text(node, "taskTitle"), text(node, "url"), text(node, "workerId"));
	}

	private static @Nullable Instant instant(@Nullable JsonNode node, DeserializationContext context) {
		if (node == null) {
			return null;
		}
		JsonParser parser = node.traverse(context);
		parser.nextToken();
		return INSTANT.deserialize(parser, context);
	}

	private static @Nullable String text(JsonNode node, String name) {
		JsonNode value = node.path(name);
		return value.isString() ? value.stringValue() : null;
	}

	private static long number(JsonNode node, String name) {
		JsonNode value = node.path(name);
		return value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : 0;
	}

	private static RequestStatus status(@Nullable String status) {
		return switch ((status != null) ? status : "") {
			case "success" -> RequestStatus.SUCCESS;
			case "error" -> RequestStatus.ERROR;
			default -> RequestStatus.UNKNOWN;
		};
	}

}
