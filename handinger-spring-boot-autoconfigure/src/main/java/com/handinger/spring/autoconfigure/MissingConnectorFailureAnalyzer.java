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

package com.handinger.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do when there is no reactive HTTP connector.
 */
final class MissingConnectorFailureAnalyzer extends AbstractFailureAnalyzer<MissingConnectorException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingConnectorException cause) {
		return new FailureAnalysis(
				"A client of Handinger is needed, and there is no reactive HTTP connector on the class path that it "
						+ "could connect with.",
				"Add io.projectreactor.netty:reactor-netty-http, which handinger-spring-boot-starter brings, to the "
						+ "class path, or define a bean of type ClientHttpConnectorBuilder for another HTTP library.",
				cause);
	}

}
