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

import jakarta.servlet.ServletContext;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Notices that the application is deployed to a servlet container that it has not
 * started, which publishes no event when it listens. A mock of a container initializes
 * nothing.
 */
final class ServletContainerListener implements ServletContextInitializer {

	private static final String EMBEDDED = "org.springframework.boot.web.server.context.WebServerApplicationContext";

	private final ApplicationContext context;

	private final ObjectProvider<WebhookLifecycle> lifecycle;

	ServletContainerListener(ApplicationContext context, ObjectProvider<WebhookLifecycle> lifecycle) {
		this.context = context;
		this.lifecycle = lifecycle;
	}

	@Override
	public void onStartup(ServletContext servletContext) {
		if (!isEmbedded()) {
			this.lifecycle.getObject().listen();
		}
	}

	private boolean isEmbedded() {
		ClassLoader classLoader = this.context.getClassLoader();
		return ClassUtils.isPresent(EMBEDDED, classLoader)
				&& ClassUtils.resolveClassName(EMBEDDED, classLoader).isInstance(this.context);
	}

}
