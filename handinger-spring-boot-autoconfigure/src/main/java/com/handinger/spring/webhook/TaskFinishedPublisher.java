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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Calls the listeners of a context, then those of its parents, and then the handlers, on
 * the thread of the caller, and throws their exceptions. The
 * {@link ApplicationEventMulticaster} of the application is bypassed: with an executor it
 * does not wait for listeners, and with an error handler it hides their failures.
 */
final class TaskFinishedPublisher {

	/**
	 * The multicaster of Spring Modulith is synchronous, and stores the event for the
	 * listeners that run after the commit.
	 */
	private static final String MODULITH = "org.springframework.modulith.";

	private final ApplicationContext context;

	private final ObjectProvider<TaskFinishedHandler> handlers;

	/**
	 * Create a new publisher.
	 * @param context the context of the listeners
	 * @param handlers the handlers, which are injected because the context would also
	 * return beans that are no candidates, such as the target of a scoped proxy
	 */
	TaskFinishedPublisher(ApplicationContext context, ObjectProvider<TaskFinishedHandler> handlers) {
		this.context = context;
		this.handlers = handlers;
	}

	/**
	 * Call all listeners and handlers, and return when they are done.
	 * @throws RuntimeException if one of them fails
	 */
	void publish(TaskFinishedEvent event) {
		publish(event, this.context);
		this.handlers.orderedStream().forEach((handler) -> await(handler.handle(event), "A TaskFinishedHandler"));
	}

	private static void publish(TaskFinishedEvent event, ApplicationContext context) {
		if (!(context instanceof AbstractApplicationContext open)) {
			context.publishEvent(event);
			return;
		}
		PayloadApplicationEvent<?> payload = new PayloadApplicationEvent<>(open, event);
		multicaster(open).multicastEvent(payload, payload.getResolvableType());
		ApplicationContext parent = open.getParent();
		if (parent != null) {
			publish(event, parent);
		}
	}

	private static ApplicationEventMulticaster multicaster(AbstractApplicationContext context) {
		ApplicationEventMulticaster own = context.getBean(
				AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME, ApplicationEventMulticaster.class);
		if (ClassUtils.getUserClass(own).getName().startsWith(MODULITH)) {
			return own;
		}
		SimpleApplicationEventMulticaster synchronous = new SimpleApplicationEventMulticaster(context.getBeanFactory());
		context.getApplicationListeners().forEach(synchronous::addApplicationListener);
		for (String name : context.getBeanNamesForType(ApplicationListener.class, true, false)) {
			synchronous.addApplicationListenerBean(name);
		}
		return synchronous;
	}

	/**
	 * Wait on a thread of the webhook: a transaction belongs to its thread.
	 * @param work the work of a listener
	 * @param name the name of the listener, at the start of a sentence
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
	 * Creates listeners of a {@link TaskFinishedEvent} that wait for the future or
	 * publisher that their method returns, and fail with it. Spring's own listeners
	 * subscribe to it and continue.
	 */
	static final class AwaitedListenerFactory implements EventListenerFactory, Ordered {

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
		 * A listener that waits for its result.
		 */
		static final class AwaitedListener extends ApplicationListenerMethodAdapter {

			AwaitedListener(String beanName, Class<?> type, Method method) {
				super(beanName, type, method);
			}

			@Override
			protected void handleResult(Object result) {
				ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(null, result);
				super.handleResult((adapter != null) ? TaskFinishedPublisher
					.await(Flux.from(adapter.toPublisher(result)).collectList(), "A listener") : result);
			}

		}

	}

}
