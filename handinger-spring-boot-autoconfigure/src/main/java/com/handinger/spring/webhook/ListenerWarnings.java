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
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.context.ApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

/**
 * Warns of listeners that can never be called, and of those whose failure nobody would
 * see: Handinger would be told that all is well.
 */
final class ListenerWarnings {

	private static final Log logger = LogFactory.getLog(ListenerWarnings.class);

	private static final ResolvableType EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedEvent.class);

	private static final String TRANSACTIONAL = "org.springframework.transaction.event.TransactionalEventListener";

	/**
	 * The last parameter of a function of Kotlin's that suspends.
	 */
	private static final String COROUTINE = "kotlin.coroutines.Continuation";

	private static final String REGISTRY = "org.springframework.modulith.events.core.EventPublicationRegistry";

	/**
	 * A listener method describes itself as {@code void com.example.Mails.on(…)}.
	 */
	private static final Pattern METHOD = Pattern.compile("([\\w.$]+)\\.([\\w$]+)\\(");

	private final ApplicationContext context;

	private final Transactions transactions;

	ListenerWarnings(ApplicationContext context, Transactions transactions) {
		this.context = context;
		this.transactions = transactions;
	}

	void log() {
		if (this.context instanceof AbstractApplicationContext context) {
			boolean isRegistered = isRegistered();
			context.getApplicationListeners()
				.stream()
				.filter((listener) -> listener instanceof GenericApplicationListener generic
						&& generic.supportsEventType(EVENT))
				.flatMap((listener) -> methods(listener.toString()).stream())
				.distinct()
				.forEach((method) -> log(method, isRegistered));
		}
	}

	private void log(Method method, boolean isRegistered) {
		String name = method.getDeclaringClass().getName() + "." + method.getName();
		Map<String, @Nullable Object> transactional = AnnotatedElementUtils.getMergedAnnotationAttributes(method,
				TRANSACTIONAL);
		if (transactional != null && this.transactions == Transactions.NONE
				&& !Boolean.TRUE.equals(transactional.get("fallbackExecution"))) {
			logger.warn("The listener " + name + " will never hear of a finished task: it waits for a transaction, and "
					+ "there is not exactly one transaction manager. Make it an @EventListener, or add one");
		}
		else if ((isAfterCommit(transactional) || isAsync(method)) && !isRegistered) {
			logger.warn("If the listener " + name
					+ " fails, or the application ends before it is done, nobody hears of it, "
					+ "since it runs after the delivery was answered: make it a plain @EventListener, or add a registry of "
					+ "events such as Spring Modulith's");
		}
	}

	/**
	 * What fails before the commit fails the delivery, as does what runs without a
	 * transaction.
	 */
	private boolean isAfterCommit(@Nullable Map<String, @Nullable Object> transactional) {
		return transactional != null && this.transactions != Transactions.NONE
				&& !"BEFORE_COMMIT".equals(String.valueOf(transactional.get("phase")));
	}

	/**
	 * Also what Spring subscribes to without waiting for its end.
	 */
	private static boolean isAsync(Method method) {
		Class<?>[] parameters = method.getParameterTypes();
		return Publisher.class.isAssignableFrom(method.getReturnType())
				|| CompletionStage.class.isAssignableFrom(method.getReturnType())
				|| parameters[parameters.length - 1].getName().equals(COROUTINE)
				|| AnnotatedElementUtils.hasAnnotation(method, Async.class)
				|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Async.class);
	}

	private boolean isRegistered() {
		ClassLoader classLoader = this.context.getClassLoader();
		return ClassUtils.isPresent(REGISTRY, classLoader)
				&& this.context.getBeanNamesForType(ClassUtils.resolveClassName(REGISTRY, classLoader)).length > 0;
	}

	private List<Method> methods(String description) {
		Matcher matcher = METHOD.matcher(description);
		if (!matcher.find() || !ClassUtils.isPresent(matcher.group(1), this.context.getClassLoader())) {
			return List.of();
		}
		Class<?> type = ClassUtils.resolveClassName(matcher.group(1), this.context.getClassLoader());
		return Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> method.getName().equals(matcher.group(2)))
			.filter((method) -> Arrays.stream(method.getParameterTypes())
				.anyMatch((parameter) -> parameter.isAssignableFrom(TaskFinishedEvent.class)))
			.toList();
	}

}
