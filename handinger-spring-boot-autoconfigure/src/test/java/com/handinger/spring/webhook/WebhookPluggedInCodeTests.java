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
import java.util.concurrent.CopyOnWriteArrayList;

import com.handinger.spring.support.EnableBareAutoConfiguration;
import com.handinger.spring.support.TasksServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Observation handlers and meter filters that fail change nothing for a delivery.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookPluggedInCodeTests {

	@ParameterizedTest
	@EnumSource
	void brokenHandlersAndMeterFiltersCostNoDelivery(WebStack stack, CapturedOutput output) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1).withTask("tsk_2", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, BrokenApplication.class,
						"spring.autoconfigure.exclude=org.springframework.boot.webflux.autoconfigure.WebFluxObservationAutoConfiguration")) {
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.deliverTask("tsk_2").status()).isEqualTo(204);
			assertThat(application.send("POST /handinger/webhook HTTP/1.1", "", "{}").status()).isEqualTo(401);
			assertThat(application.listener().events("tsk_1")).hasSize(1);
			assertThat(application.listener().events("tsk_2")).hasSize(1);
			assertThat(application.context().getBean(BrokenHandler.class).calls()).contains("start", "scope", "stop");
		}
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "broken handler")).isEqualTo(1);
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "broken filter")).isEqualTo(1);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class BrokenApplication {

		@Bean
		WebhookApplication.Listener listener() {
			return new WebhookApplication.Listener();
		}

		@Bean
		BrokenHandler brokenHandler() {
			return new BrokenHandler();
		}

		@Bean
		ObservationRegistry observationRegistry(BrokenHandler handler) {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(handler);
			return registry;
		}

		@Bean
		MeterRegistry meterRegistry() {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			registry.config().meterFilter(new BrokenFilter());
			return registry;
		}

	}

	/**
	 * Fails for deliveries, wherever it is called.
	 */
	static final class BrokenHandler implements ObservationHandler<Observation.Context> {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		List<String> calls() {
			return this.calls;
		}

		@Override
		public void onStart(Observation.Context context) {
			fail("start");
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			fail("scope");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			fail("scope");
		}

		@Override
		public void onStop(Observation.Context context) {
			fail("stop");
		}

		private void fail(String call) {
			this.calls.add(call);
			throw new IllegalStateException("broken handler");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return "handinger.webhook.delivery".equals(context.getName());
		}

	}

	/**
	 * Refuses the meters of the webhook.
	 */
	static final class BrokenFilter implements MeterFilter {

		@Override
		public Meter.Id map(Meter.Id id) {
			if (id.getName().startsWith("handinger.webhook.")) {
				throw new IllegalStateException("broken filter");
			}
			return id;
		}

	}

}
