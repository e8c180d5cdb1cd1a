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

package com.handinger.spring.transport;

import io.micrometer.common.KeyValue;

import org.springframework.web.reactive.function.client.ClientHttpObservationDocumentation.LowCardinalityKeyNames;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;

/**
 * Tells of a call what Spring's own convention does, for less: it is asked after each
 * call.
 */
final class ObservedCallConvention extends DefaultClientRequestObservationConvention {

	private static final KeyValue STATUS_OK = KeyValue.of(LowCardinalityKeyNames.STATUS, "200");

	private static final KeyValue OUTCOME_OK = KeyValue.of(LowCardinalityKeyNames.OUTCOME, "SUCCESS");

	ObservedCallConvention(String name) {
		super(name);
	}

	@Override
	protected KeyValue uri(ClientRequestObservationContext context) {
		return KeyValue.of(LowCardinalityKeyNames.URI, String.valueOf(context.getUriTemplate()));
	}

	@Override
	protected KeyValue status(ClientRequestObservationContext context) {
		return isOk(context) ? STATUS_OK : super.status(context);
	}

	@Override
	protected KeyValue outcome(ClientRequestObservationContext context) {
		return isOk(context) ? OUTCOME_OK : super.outcome(context);
	}

	private static boolean isOk(ClientRequestObservationContext context) {
		return context instanceof ObservedCall call && !call.isAborted() && call.status() == 200;
	}

}
