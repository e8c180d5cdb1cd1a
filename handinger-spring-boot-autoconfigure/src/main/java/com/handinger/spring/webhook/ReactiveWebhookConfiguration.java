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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The webhook in a reactive web application.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveWebhookConfiguration {

	@Bean(defaultCandidate = false)
	DeliveryWebFilter handingerWebhookFilter(ApplicationContext context, WebhookSettings settings, WebhookTokens tokens,
			ObjectProvider<WebhookRuntime> parts) {
		return new DeliveryWebFilter(context, settings, tokens, () -> parts.getObject().controller());
	}

	@Bean
	@Lazy
	PathPrefix handingerWebhookPathPrefix(Environment environment) {
		return () -> {
			String path = StringUtils
				.trimTrailingCharacter(environment.getProperty("spring.webflux.base-path", "").strip(), '/');
			return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
		};
	}

}
