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

package com.handinger.spring.test;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Customizes the contexts of tests that have {@link AutoConfigureHandingerSimulator}.
 */
final class SimulatorContextCustomizerFactory implements ContextCustomizerFactory {

	private static final String STARTER = "com.handinger.spring.autoconfigure.HandingerAutoConfiguration";

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		if (!TestContextAnnotationUtils.hasAnnotation(testClass, AutoConfigureHandingerSimulator.class)) {
			return null;
		}
		requireStarter(testClass, testClass.getClassLoader());
		return new SimulatorContextCustomizer();
	}

	static void requireStarter(Class<?> testClass, ClassLoader classLoader) {
		Assert.state(ClassUtils.isPresent(STARTER, classLoader),
				() -> "@AutoConfigureHandingerSimulator on " + testClass.getName()
						+ " needs the starter of Handinger: add com.handinger:handinger-spring-boot-starter to the "
						+ "dependencies, or use HandingerSimulator.start() without it");
	}

}
