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

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * An application with meters, and with something that continues traces.
 */
@Configuration(proxyBeanMethods = false)
@Import(ListeningApplication.class)
class AttackedApplication {

	/**
	 * Boot's own configurations of observations need its module of metrics.
	 */
	static final String WITHOUT_METRICS = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.webflux.autoconfigure.WebFluxObservationAutoConfiguration,"
			+ "org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration";

	@Bean
	SimpleMeterRegistry meterRegistry() {
		return new SimpleMeterRegistry();
	}

	@Bean
	DefaultMeterObservationHandler meterHandler(MeterRegistry registry) {
		return new DefaultMeterObservationHandler(registry);
	}

	@Bean
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	FilterRegistrationBean<ServerHttpObservationFilter> observationFilter(ObservationRegistry registry) {
		FilterRegistrationBean<ServerHttpObservationFilter> registration = new FilterRegistrationBean<>(
				new ServerHttpObservationFilter(registry));
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		registration.setAsyncSupported(true);
		return registration;
	}

	@Bean
	Traces traces() {
		return new Traces();
	}

	/**
	 * Remembers what a delivery's observation could continue.
	 */
	static class Traces implements ObservationHandler<ReceiverContext<Map<String, String>>> {

		private final List<Map<String, String>> carriers = new CopyOnWriteArrayList<>();

		@Override
		public void onStart(ReceiverContext<Map<String, String>> context) {
			this.carriers.add(Map.copyOf(context.getCarrier()));
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ReceiverContext<?> receiver && receiver.getCarrier() instanceof Map;
		}

		List<Map<String, String>> carriers() {
			return this.carriers;
		}

	}

}
