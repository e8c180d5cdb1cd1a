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

import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.util.ClassUtils;

/**
 * The beans of an application that apply to every client. A bean with a qualifier belongs
 * to another service, unless it is the primary one of its type.
 */
final class GeneralBeans {

	private static final List<Class<? extends Annotation>> QUALIFIERS = qualifiers();

	private final ConfigurableListableBeanFactory beans;

	/**
	 * Create a new instance.
	 * @param beans the beans of the application
	 */
	GeneralBeans(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	private static List<Class<? extends Annotation>> qualifiers() {
		ClassLoader classLoader = GeneralBeans.class.getClassLoader();
		return Stream.of(Qualifier.class.getName(), "jakarta.inject.Qualifier")
			.filter((name) -> ClassUtils.isPresent(name, classLoader))
			.<Class<? extends Annotation>>map(
					(name) -> ClassUtils.resolveClassName(name, classLoader).asSubclass(Annotation.class))
			.toList();
	}

	/**
	 * Return the primary bean of a type, or the only one without a qualifier.
	 * @param <T> the type
	 * @param type the type
	 * @return the bean, or {@code null} if there is none or several
	 */
	<T> @Nullable T find(Class<T> type) {
		List<String> general = names(type, (name) -> is(name, BeanDefinition::isPrimary));
		if (general.isEmpty()) {
			general = names(type, this::isGeneral);
		}
		if (general.isEmpty()) {
			return (this.beans.getParentBeanFactory() instanceof ConfigurableListableBeanFactory parent)
					? new GeneralBeans(parent).find(type) : null;
		}
		if (general.size() > 1) {
			general = general.stream().filter((name) -> !is(name, BeanDefinition::isFallback)).toList();
		}
		return (general.size() == 1) ? this.beans.getBean(general.get(0), type) : null;
	}

	private List<String> names(Class<?> type, Predicate<String> condition) {
		return Arrays.stream(this.beans.getBeanNamesForType(type)).filter(condition).toList();
	}

	private boolean is(String name, Predicate<BeanDefinition> condition) {
		BeanDefinition definition = definition(name);
		return definition != null && condition.test(definition);
	}

	private boolean isGeneral(String name) {
		BeanDefinition definition = definition(name);
		boolean isCandidate = definition == null
				|| (definition.isAutowireCandidate() && (!(definition instanceof AbstractBeanDefinition candidate)
						|| (candidate.isDefaultCandidate() && candidate.getQualifiers().isEmpty())));
		return isCandidate && QUALIFIERS.stream()
			.noneMatch((qualifier) -> this.beans.findAnnotationOnBean(name, qualifier, false) != null);
	}

	private @Nullable BeanDefinition definition(String name) {
		return this.beans.containsBeanDefinition(name) ? this.beans.getMergedBeanDefinition(name) : null;
	}

}
