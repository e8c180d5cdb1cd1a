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

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The webhook in a servlet web application.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class })
class ServletWebhookConfiguration {

	/**
	 * Where the {@code DispatcherServlet} has a path, it is that of all that the
	 * application answers, and Tomcat has no filters beside it.
	 */
	@Bean
	FilterRegistrationBean<DeliveryFilter> handingerWebhookFilter(WebhookSettings settings, WebhookTokens tokens,
			ObjectProvider<WebhookParts> parts, Environment environment) {
		String servletPath = environment.getProperty("spring.mvc.servlet.path", "");
		FilterRegistrationBean<DeliveryFilter> registration = new FilterRegistrationBean<>(
				new DeliveryFilter(StringUtils.trimTrailingCharacter(servletPath, '/') + settings.path(), tokens,
						() -> parts.getObject().controller()));
		registration.setEnabled(settings.enabled());
		registration.setOrder(settings.filterOrder());
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		registration.setAsyncSupported(true);
		return registration;
	}

}
