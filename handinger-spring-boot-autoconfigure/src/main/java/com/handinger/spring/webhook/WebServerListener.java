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

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Notices when the web server of the application listens. That of the management port
 * belongs to another context.
 */
final class WebServerListener implements ApplicationListener<WebServerInitializedEvent> {

	private final ApplicationContext context;

	private final WebhookLifecycle lifecycle;

	WebServerListener(ApplicationContext context, WebhookLifecycle lifecycle) {
		this.context = context;
		this.lifecycle = lifecycle;
	}

	@Override
	public void onApplicationEvent(WebServerInitializedEvent event) {
		if (event.getApplicationContext() == this.context && event.getWebServer().getPort() > 0) {
			this.lifecycle.listen();
		}
	}

}
