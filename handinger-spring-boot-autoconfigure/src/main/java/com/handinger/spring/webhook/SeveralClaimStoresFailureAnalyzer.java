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
 * Says what to do when there are several metadata stores.
 */
final class SeveralClaimStoresFailureAnalyzer extends AbstractFailureAnalyzer<SeveralClaimStoresException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SeveralClaimStoresException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Mark the one that the webhook shall use @Primary, or define those that are for something else with "
						+ "@Bean(defaultCandidate = false). It has to stay the same one: what another has noted is not "
						+ "known to it.",
				cause);
	}

}
