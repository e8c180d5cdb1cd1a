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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Creates listeners of a {@link TaskFinishedEvent} that wait for the future or publisher
 * that their method returns, and fail with it. Spring's own listeners subscribe to it and
 * continue.
 */
final class AwaitedListenerFactory implements EventListenerFactory, Ordered {

	@Override
	public boolean supportsMethod(Method method) {
		EventListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
		return Arrays.asList(method.getParameterTypes()).contains(TaskFinishedEvent.class)
				|| (annotation != null && List.of(annotation.classes()).equals(List.of(TaskFinishedEvent.class)));
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		return new AwaitedListener(beanName, type, method);
	}

	/**
	 * After the factory of transactional listeners, and before that of all others.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE - 1;
	}

	/**
	 * Wait for a piece of work on this thread, to which a transaction may belong.
	 * @param work the work
	 * @param name the name of the work or of who does it, at the start of a sentence
	 */
	static <T> @Nullable T await(Mono<T> work, String name) {
		try {
			return work.toFuture().get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(name + " has failed", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(name + " was interrupted", ex);
		}
	}

	/**
	 * A listener that waits for its result.
	 */
	private static final class AwaitedListener extends ApplicationListenerMethodAdapter {

		AwaitedListener(String beanName, Class<?> type, Method method) {
			super(beanName, type, method);
		}

		@Override
		protected void handleResult(Object result) {
			ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result);
			super.handleResult((adapter != null)
					? await(Flux.from(adapter.toPublisher(result)).collectList(), "A listener") : result);
		}

	}

}
