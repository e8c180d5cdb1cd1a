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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.handinger.spring.transport.MisconfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.util.ClassUtils;

/**
 * The listeners and handlers of the application for {@link TaskFinishedEvent}, with those
 * of its parents. A listener for every event is none of them.
 */
final class TaskFinishedListeners {

	private static final ResolvableType EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedEvent.class);

	private static final ResolvableType OTHER_EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedListeners.class);

	private static final String TRANSACTIONAL = "org.springframework.transaction.event.TransactionalEventListener";

	/**
	 * The multicaster of Spring Modulith is synchronous, and stores the event for the
	 * listeners that run after the commit.
	 */
	private static final String MODULITH = "org.springframework.modulith.";

	private static final String REGISTRY = MODULITH + "events.core.EventPublicationRegistry";

	private final ApplicationContext context;

	TaskFinishedListeners(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Parents receive the events of their children.
	 */
	private Stream<ApplicationContext> contexts() {
		return Stream.iterate(this.context, Objects::nonNull, ApplicationContext::getParent);
	}

	/**
	 * Call the listeners of the context, then those of its parents, and then the
	 * handlers, on the thread of the caller, and return when they are done. The
	 * {@link ApplicationEventMulticaster} of the application is bypassed: with an
	 * executor it does not wait for listeners, and with an error handler it hides their
	 * failures.
	 * @param event the event
	 * @param handlers the handlers, which are injected because the context would also
	 * return beans that are no candidates, such as the target of a scoped proxy
	 * @throws RuntimeException if one of them fails
	 */
	void publish(TaskFinishedEvent event, ObjectProvider<TaskFinishedHandler> handlers) {
		publish(event, this.context);
		handlers.orderedStream()
			.forEach((handler) -> AwaitedListenerFactory.await(handler.handle(event), "A TaskFinishedHandler"));
	}

	/**
	 * Call the listeners for an event of any type.
	 */
	void publish(Object event) {
		publish(event, this.context);
	}

	/**
	 * A parent may be a proxy of another type, and publishes to its parents itself.
	 */
	private static void publish(Object event, ApplicationContext context) {
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

	boolean exist() {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.context, TaskFinishedHandler.class).length > 0
				|| contexts().anyMatch(TaskFinishedListeners::hasListener);
	}

	private static boolean hasListener(ApplicationContext context) {
		ResolvableType listener = ResolvableType.forClassWithGenerics(ApplicationListener.class, EVENT);
		return context.getBeanNamesForType(listener).length > 0 || (context instanceof AbstractApplicationContext open
				&& open.getApplicationListeners().stream().anyMatch(TaskFinishedListeners::isForEvent));
	}

	private static boolean isForEvent(ApplicationListener<?> listener) {
		GenericApplicationListener generic = (listener instanceof GenericApplicationListener self) ? self
				: new GenericApplicationListenerAdapter(listener);
		return generic.supportsEventType(EVENT) && !generic.supportsEventType(OTHER_EVENT);
	}

	/**
	 * Fail if a listener works on another thread, where its work would not be in the
	 * transaction of the claim.
	 * @param transactional whether there is such a transaction: asked only if it matters,
	 * because the answer may need a write to the store
	 * @param others the types of the events beside {@link TaskFinishedEvent}
	 * @throws MisconfigurationException if there is such a listener
	 */
	void requireSynchronous(BooleanSupplier transactional, Class<?>... others) {
		Set<String> asynchronous = contexts()
			.flatMap((context) -> Arrays.stream(context.getBeanDefinitionNames())
				.flatMap((beanName) -> listenerMethods(beanName, context, others).filter(
						(method) -> isAsynchronous(method, beanName, context) && !isPublishedAgain(method, context))))
			.map((method) -> method.getDeclaringClass().getName() + "." + method.getName())
			.collect(Collectors.toCollection(TreeSet::new));
		if (!asynchronous.isEmpty() && transactional.getAsBoolean()) {
			throw new MisconfigurationException("A listener works on another thread: " + String.join(", ", asynchronous)
					+ ". With a JdbcMetadataStore, each finished task is handled exactly once, in one transaction with "
					+ "what listeners write, and the work of this listener would not be part of it.",
					"Let it do its work on the thread that calls it (without @Async, and without returning a future or "
							+ "a publisher), or make it a TaskFinishedHandler. For work after the commit, make it a "
							+ "@TransactionalEventListener and add an event registry such as Spring Modulith's.");
		}
	}

	private static Stream<Method> listenerMethods(String beanName, ApplicationContext context, Class<?>... others) {
		try {
			Class<?> beanType = (context instanceof ConfigurableApplicationContext open)
					? AutoProxyUtils.determineTargetClass(open.getBeanFactory(), beanName) : null;
			Class<?> type = (beanType != null) ? ClassUtils.getUserClass(beanType) : Object.class;
			return MethodIntrospector.selectMethods(type, (Method method) -> isListener(type, method, others)).stream();
		}
		catch (RuntimeException | LinkageError ex) {
			// Spring finds no listeners in a type that can't be resolved, either.
			return Stream.empty();
		}
	}

	private static boolean isListener(Class<?> type, Method method, Class<?>... others) {
		EventListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
		if (annotation != null && annotation.classes().length > 0) {
			return Arrays.stream(annotation.classes())
				.anyMatch((event) -> receives(ResolvableType.forClass(event), others));
		}
		boolean isListener = annotation != null
				|| (ApplicationListener.class.isAssignableFrom(type) && method.getName().equals("onApplicationEvent"));
		return isListener && method.getParameterCount() > 0
				&& receives(ResolvableType.forMethodParameter(method, 0, type), others);
	}

	private static boolean receives(ResolvableType event, Class<?>... others) {
		return Stream.concat(Stream.of(TaskFinishedEvent.class), Stream.of(others))
			.anyMatch((type) -> event.isAssignableFrom(type) || event
				.isAssignableFrom(ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class, type)));
	}

	private static boolean isAsynchronous(Method method, String beanName, ApplicationContext context) {
		return ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType()) != null
				|| KotlinDetector.isSuspendingFunction(method)
				|| (context.isSingleton(beanName) && isAdvisedAsAsynchronous(context.getBean(beanName), method))
				|| (context.containsBean(TaskManagementConfigUtils.ASYNC_EXECUTION_ASPECT_BEAN_NAME)
						&& (AnnotatedElementUtils.hasAnnotation(method, Async.class)
								|| AnnotatedElementUtils.hasAnnotation(method.getDeclaringClass(), Async.class)));
	}

	/**
	 * Return whether a proxy calls a method on another thread, whichever annotation asks
	 * for that.
	 */
	private static boolean isAdvisedAsAsynchronous(Object bean, Method method) {
		return bean instanceof Advised advised && Arrays.stream(advised.getAdvisors())
			.anyMatch((advisor) -> advisor instanceof PointcutAdvisor pointcut
					&& advisor.getAdvice() instanceof AsyncExecutionInterceptor
					&& pointcut.getPointcut().getMethodMatcher().matches(method, AopUtils.getTargetClass(bean)));
	}

	/**
	 * Return whether a listener runs after the commit, and a registry of events calls it
	 * again if it fails.
	 */
	private static boolean isPublishedAgain(Method method, ApplicationContext context) {
		Map<String, @Nullable Object> transactional = AnnotatedElementUtils.getMergedAnnotationAttributes(method,
				TRANSACTIONAL);
		ClassLoader classLoader = context.getClassLoader();
		return transactional != null && "AFTER_COMMIT".equals(String.valueOf(transactional.get("phase")))
				&& ClassUtils.isPresent(REGISTRY, classLoader)
				&& context.getBeanNamesForType(ClassUtils.resolveClassName(REGISTRY, classLoader)).length > 0;
	}

}
