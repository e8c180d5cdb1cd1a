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

import com.handinger.spring.webhook.Claims;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;

/**
 * Resets the simulator after each test, and shows in the exception of a failed one which
 * requests it has received. Comes after all other listeners of Spring, so that it still
 * finds the context of a test that makes it dirty.
 */
final class SimulatorTestExecutionListener implements TestExecutionListener, Ordered {

	private static final String MEMORY_CLAIMS = "handingerWebhookMemoryClaims";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		HandingerSimulator simulator = simulator(testContext);
		if (simulator != null) {
			Throwable failure = testContext.getTestException();
			if (failure != null) {
				failure.addSuppressed(new ReceivedRequests(simulator.journal()));
			}
			simulator.reset();
			clearClaims(testContext.getApplicationContext());
		}
	}

	private static @Nullable HandingerSimulator simulator(TestContext testContext) {
		return (TestContextAnnotationUtils.hasAnnotation(testContext.getTestClass(),
				AutoConfigureHandingerSimulator.class) && testContext.hasApplicationContext())
						? testContext.getApplicationContext().getBeanProvider(HandingerSimulator.class).getIfUnique()
						: null;
	}

	/**
	 * Otherwise, a listener would not be called for a task with the id of one in an
	 * earlier test.
	 */
	private static void clearClaims(ApplicationContext context) {
		if (context instanceof ConfigurableApplicationContext open
				&& open.getBeanFactory().containsSingleton(MEMORY_CLAIMS)) {
			context.getBean(MEMORY_CLAIMS, Claims.class).clear();
		}
	}

	/**
	 * Shows the requests that the simulator has received.
	 */
	private static final class ReceivedRequests extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ReceivedRequests(String journal) {
			super(journal, null, false, false);
		}

	}

}
