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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.handinger.spring.webhook.AwaitedListenerFactory.AwaitedListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Warns of listeners that can never be called, and of those whose failure nobody would
 * see: Handinger would be told that all is well. Where the claim and what listeners write
 * have to be one transaction, a listener that works on another thread fails the start.
 */
final class ListenerChecks {

	private static final Log logger = LogFactory.getLog(ListenerChecks.class);

	private static final ResolvableType EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedEvent.class);

	private static final String TRANSACTIONAL = "org.springframework.transaction.event.TransactionalEventListener";

	/**
	 * The last parameter of a function of Kotlin's that suspends.
	 */
	private static final String COROUTINE = "kotlin.coroutines.Continuation";

	private static final String REGISTRY = "org.springframework.modulith.events.core.EventPublicationRegistry";

	private static final @Nullable Method ON_EVENT = ReflectionUtils.findMethod(ApplicationListener.class,
			"onApplicationEvent", ApplicationEvent.class);

	/**
	 * A listener method describes itself as {@code void com.example.Mails.on(…)}. A name
	 * may have any letters, and one of Kotlin's spaces.
	 */
	private static final Pattern METHOD = Pattern.compile("([^\\s(]+)\\.[^.(]+\\(");

	private final ApplicationContext context;

	private final Transactions transactions;

	private final Claims claims;

	/**
	 * Create new checks.
	 * @param context the context whose listeners, and those of its parents, are checked
	 * @param transactions what the listeners run in
	 * @param claims remembers which ends the listeners have heard of
	 */
	ListenerChecks(ApplicationContext context, Transactions transactions, Claims claims) {
		this.context = context;
		this.transactions = transactions;
		this.claims = claims;
	}

	/**
	 * Check all listeners.
	 * @throws AsynchronousListenerException if one works outside the transaction
	 */
	void check() {
		Set<String> asynchronous = new LinkedHashSet<>();
		Set<String> awaited = new HashSet<>();
		for (ApplicationContext context = this.context; context != null; context = context.getParent()) {
			if (context instanceof AbstractApplicationContext open) {
				open.getApplicationListeners()
					.stream()
					.filter(ListenerChecks::hears)
					.forEach((listener) -> check(listener, open, asynchronous, awaited));
			}
		}
		if (!asynchronous.isEmpty() && this.claims.areTransactional()) {
			throw new AsynchronousListenerException(String.join(", ", asynchronous));
		}
		asynchronous.removeAll(awaited);
		asynchronous.forEach((name) -> logger.warn("The listener " + name + " is not waited for: if it fails, or the "
				+ "application ends before it is done, nobody hears of it. " + AsynchronousListenerException.ACTION));
	}

	private static boolean hears(ApplicationListener<?> listener) {
		return ((listener instanceof GenericApplicationListener generic) ? generic
				: new GenericApplicationListenerAdapter(listener))
			.supportsEventType(EVENT);
	}

	private void check(ApplicationListener<?> listener, ApplicationContext context, Set<String> asynchronous,
			Set<String> awaited) {
		methods(listener.toString(), context.getClassLoader()).forEach((method) -> {
			check(method, context, asynchronous);
			if (listener instanceof AwaitedListener && returnsLater(method)) {
				awaited.add(name(method));
			}
		});
		if (ON_EVENT != null && isAsynchronous(listener, ON_EVENT)) {
			asynchronous.add(AopUtils.getTargetClass(listener).getName());
		}
	}

	private void check(Method method, ApplicationContext context, Set<String> asynchronous) {
		String name = name(method);
		Map<String, @Nullable Object> transactional = AnnotatedElementUtils.getMergedAnnotationAttributes(method,
				TRANSACTIONAL);
		boolean isTransactional = transactional != null && this.transactions != Transactions.NONE;
		String phase = (transactional != null) ? String.valueOf(transactional.get("phase")) : "";
		if (transactional != null && !isTransactional && !Boolean.TRUE.equals(transactional.get("fallbackExecution"))) {
			logger.warn("The listener " + name + " will never hear of a finished task: it waits for a transaction, and "
					+ "there is not exactly one transaction manager. Make it an @EventListener, or add one");
		}
		else if (isTransactional && phase.equals("AFTER_COMMIT") && isRegistered()) {
			// The registry calls it again.
			return;
		}
		else if (isAsynchronous(method, context)) {
			asynchronous.add(name);
		}
		// What fails before the commit fails the delivery.
		else if (isTransactional && !phase.equals("BEFORE_COMMIT")) {
			logger.warn("If the listener " + name
					+ " fails, or the application ends before it is done, nobody hears of it, "
					+ "since it runs after the commit: make it a plain @EventListener, or add a registry of events such "
					+ "as Spring Modulith's");
		}
	}

	private static String name(Method method) {
		return method.getDeclaringClass().getName() + "." + method.getName();
	}

	private static boolean returnsLater(Method method) {
		return ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType()) != null
				|| Arrays.stream(method.getParameterTypes()).anyMatch((type) -> type.getName().equals(COROUTINE));
	}

	private static boolean isAsynchronous(Method method, ApplicationContext context) {
		return returnsLater(method)
				|| Arrays.stream(context.getBeanNamesForType(method.getDeclaringClass()))
					.filter(context::isSingleton)
					.anyMatch((name) -> isAsynchronous(context.getBean(name), method))
				|| (context.containsBean(TaskManagementConfigUtils.ASYNC_EXECUTION_ASPECT_BEAN_NAME)
						&& (AnnotatedElementUtils.hasAnnotation(method, Async.class)
								|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Async.class)));
	}

	/**
	 * Return whether a proxy has a method executed on another thread, whatever annotation
	 * asks for that.
	 */
	private static boolean isAsynchronous(Object bean, Method method) {
		return bean instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.anyMatch((advisor) -> advisor instanceof PointcutAdvisor pointcut
					&& advisor.getAdvice() instanceof AsyncExecutionInterceptor
					&& pointcut.getPointcut().getMethodMatcher().matches(method, AopUtils.getTargetClass(bean)));
	}

	private boolean isRegistered() {
		ClassLoader classLoader = this.context.getClassLoader();
		return ClassUtils.isPresent(REGISTRY, classLoader)
				&& this.context.getBeanNamesForType(ClassUtils.resolveClassName(REGISTRY, classLoader)).length > 0;
	}

	private static List<Method> methods(String description, @Nullable ClassLoader classLoader) {
		Matcher matcher = METHOD.matcher(description);
		if (!matcher.find() || !ClassUtils.isPresent(matcher.group(1), classLoader)) {
			return List.of();
		}
		return Arrays.stream(ClassUtils.resolveClassName(matcher.group(1), classLoader).getDeclaredMethods())
			.filter((method) -> method.toGenericString().equals(description))
			.toList();
	}

}
