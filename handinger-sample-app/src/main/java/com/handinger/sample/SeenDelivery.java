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

import org.jspecify.annotations.Nullable;

/**
 * A delivery to the webhook, without its content.
 *
 * @param number the sequence number of the delivery
 * @param at the time of the response
 * @param outcome the outcome
 * @param taskId the task, or {@code null} if the delivery was refused before the task was
 * known
 */
record SeenDelivery(long number, Instant at, String outcome, @Nullable String taskId) {
}
