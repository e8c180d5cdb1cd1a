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

package com.handinger.sample;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The newest deliveries to the webhook. The starter observes each delivery with a valid
 * token.
 */
@Component
final class SeenDeliveries implements ObservationHandler<Observation.Context> {

	private static final String OBSERVATION = "handinger.webhook.delivery";

	private static final int MOST = 100;

	private final Deque<SeenDelivery> deliveries = new ArrayDeque<>();

	private long count;

	@Override
	public boolean supportsContext(Observation.Context context) {
		return OBSERVATION.equals(context.getName());
	}

	@Override
	public void onStop(Observation.Context context) {
		add(String.valueOf(value(context.getLowCardinalityKeyValue("outcome"))),
				value(context.getHighCardinalityKeyValue("task.id")));
	}

	private static @Nullable String value(@Nullable KeyValue keyValue) {
		return (keyValue != null) ? keyValue.getValue() : null;
	}

	synchronized void add(String outcome, @Nullable String taskId) {
		this.deliveries.add(new SeenDelivery(++this.count, Instant.now(), outcome, taskId));
		if (this.deliveries.size() > MOST) {
			this.deliveries.remove();
		}
	}

	/**
	 * Return the deliveries after the given one, oldest first.
	 */
	synchronized List<SeenDelivery> after(long number) {
		return this.deliveries.stream().filter((delivery) -> delivery.number() > number).toList();
	}

}
