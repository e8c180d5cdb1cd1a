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
 * Says what to do when a listener works outside the transaction.
 */
final class AsynchronousListenerFailureAnalyzer extends AbstractFailureAnalyzer<AsynchronousListenerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AsynchronousListenerException cause) {
		return new FailureAnalysis("The listener " + cause.listeners()
				+ " works on another thread. With a JdbcMetadataStore each finished task is heard of exactly once, "
				+ "in one transaction with what listeners write, and this listener's work would be no part of it.",
				AsynchronousListenerException.ACTION
						+ ". For work after the commit, make it a @TransactionalEventListener and add a registry of "
						+ "events such as Spring Modulith's.",
				cause);
	}

}
