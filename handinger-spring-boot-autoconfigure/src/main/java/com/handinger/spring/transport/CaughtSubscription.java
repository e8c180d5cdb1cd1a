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

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;

/**
 * Signals what a subscription throws. Reactor does not where a hook of a scheduler fails,
 * or a class that a filter uses can't be linked.
 *
 * @param <T> the type of the value
 */
final class CaughtSubscription<T> extends MonoOperator<T, T> {

	CaughtSubscription(Mono<T> source) {
		super(source);
	}

	@Override
	public void subscribe(CoreSubscriber<? super T> subscriber) {
		try {
			this.source.subscribe(subscriber);
		}
		catch (Throwable ex) {
			Operators.error(subscriber, ex);
		}
	}

}
