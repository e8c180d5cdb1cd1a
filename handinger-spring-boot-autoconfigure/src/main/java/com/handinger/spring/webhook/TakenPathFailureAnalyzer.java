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

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do when the application answers the path of the webhook itself.
 */
final class TakenPathFailureAnalyzer extends AbstractFailureAnalyzer<TakenPathException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TakenPathException cause) {
		return new FailureAnalysis(
				"The webhook of Handinger is at " + cause.path()
						+ " (handinger.webhook.path), and the application maps that path as well, to " + cause.handler()
						+ ", which would never be called.",
				"Set handinger.webhook.path to another path, and let Handinger deliver to that one, or change the "
						+ "mapping of " + cause.handler()
						+ ". If no webhook is wanted, set handinger.webhook.enabled=false.",
				cause);
	}

}
