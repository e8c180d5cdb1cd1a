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
import jakarta.servlet.ServletContext;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;
import org.springframework.web.context.WebApplicationContext;

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
	@Bean(defaultCandidate = false)
	FilterRegistrationBean<DeliveryFilter> handingerWebhookFilter(WebhookSettings settings, WebhookTokens tokens,
			ObjectProvider<WebhookRuntime> parts, Environment environment) {
		FilterRegistrationBean<DeliveryFilter> registration = new FilterRegistrationBean<>(new DeliveryFilter(
				servletPath(environment), settings.path(), tokens, () -> parts.getObject().controller()));
		registration.setEnabled(settings.enabled());
		registration.setOrder(settings.filterOrder());
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		registration.setAsyncSupported(true);
		return registration;
	}

	@Bean(defaultCandidate = false)
	ServletContainerListener handingerWebhookServletContainerListener(WebApplicationContext context,
			ObjectProvider<WebhookLifecycle> lifecycle) {
		return new ServletContainerListener(context, lifecycle);
	}

	@Bean
	@Lazy
	PathPrefix handingerWebhookPathPrefix(WebApplicationContext context, Environment environment) {
		return () -> {
			ServletContext servletContext = context.getServletContext();
			return ((servletContext != null) ? servletContext.getContextPath() : "") + servletPath(environment);
		};
	}

	private static String servletPath(Environment environment) {
		return StringUtils.trimTrailingCharacter(environment.getProperty("spring.mvc.servlet.path", ""), '/');
	}

}
