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

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of the webhook.
 */
enum WebhookObservation implements ObservationDocumentation {

	/**
	 * A delivery with the right token, from its arrival to its answer.
	 */
	DELIVERY {

		@Override
		public String getName() {
			return "handinger.webhook.delivery";
		}

		@Override
		public String getContextualName() {
			return "handinger webhook delivery";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { TASK_ID };
		}

	};

	static final KeyName OUTCOME = () -> "outcome";

	static final KeyName TASK_ID = () -> "task.id";

}
