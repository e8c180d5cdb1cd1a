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

package com.handinger.spring.run;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for durable runs. They are bound to {@code handinger.runs}, and validated
 * there. For internal use only.
 *
 * @param enabled Whether to enable durable runs. They require db-scheduler and a
 * DataSource.
 * @param visitInterval Time between two polls of a run while its request is in flight,
 * and maximum time between two polls otherwise. At most 1h. A plain number is in
 * milliseconds.
 * @param retention How long the key of a run is known after its end, so that submitting
 * it again joins the run. A plain number is in milliseconds.
 * @param concurrency Maximum number of runs that an instance polls or sends at once. Each
 * uses a thread. Requests in flight use none.
 * @param pollingInterval Time between two queries for due runs. A plain number is in
 * milliseconds.
 */
public record RunsSettings(@DefaultValue("true") boolean enabled, @DefaultValue("60s") Duration visitInterval,
		@DefaultValue("7d") Duration retention, @DefaultValue("10") int concurrency,
		@DefaultValue("5s") Duration pollingInterval) {
}
