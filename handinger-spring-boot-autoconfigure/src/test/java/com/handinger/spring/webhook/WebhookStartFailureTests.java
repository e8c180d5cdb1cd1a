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

import com.handinger.spring.support.StartFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A webhook that would not work keeps the application from starting, and says why.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookStartFailureTests {

	private static final String[] WEBHOOK = { "handinger.api-key=hdg_test_5ecret",
			"handinger.webhook.tokens=whk_5ecret" };

	private static final WebApplicationType SERVLET = WebApplicationType.SERVLET;

	private static void starts(WebApplicationType type, Class<?> application, String... properties) {
		try (ConfigurableApplicationContext context = StartFailure.none(type, application, properties)) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void twoClaimStores(CapturedOutput output) {
		assertThat(StartFailure.of(output, SERVLET, TwoStores.class, WEBHOOK))
			.contains("there are 2: the beans firstStore, secondStore", "@Primary", "ConcurrentMetadataStore")
			.doesNotContain("5ecret");
	}

	@Test
	void twoClaimStoresOfWhichOneIsPreferred() {
		starts(SERVLET, TwoStoresAndAPrimary.class, WEBHOOK);
		starts(SERVLET, StoreForSomethingElse.class, WEBHOOK);
	}

	@Test
	void twoClaimStoresWithoutAWebhook() {
		starts(SERVLET, TwoStores.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoStores {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoStoresAndAPrimary {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean
		@Primary
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StoreForSomethingElse {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean(defaultCandidate = false)
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

}
