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
 * A delivery that has come to the webhook, without its content.
 *
 * @param number counts the deliveries
 * @param at when it was answered
 * @param outcome what has become of it
 * @param taskId the task, or {@code null} if it was refused before that was known
 */
record SeenDelivery(long number, Instant at, String outcome, @Nullable String taskId) {
}
