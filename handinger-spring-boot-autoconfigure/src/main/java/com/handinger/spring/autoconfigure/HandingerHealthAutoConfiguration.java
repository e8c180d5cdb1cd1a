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

package com.handinger.spring.autoconfigure;

import java.time.Clock;
import java.util.Map;

import com.handinger.spring.health.HandingerHealthIndicator;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.webhook.ListenerCalls.RunKeys;
import com.handinger.spring.webhook.WebhookLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;

/**
 * Auto-configuration for the health indicator of Handinger.
 */
@AutoConfiguration(after = { HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class,
		HandingerRunsAutoConfiguration.class }, before = HealthContributorAutoConfiguration.class)
@ConditionalOnClass({ ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(HandingerConnectionDetails.class)
@ConditionalOnEnabledHealthIndicator("handinger")
public final class HandingerHealthAutoConfiguration {

	/**
	 * Spring Boot injects all contributors, so this bean has to be a default candidate.
	 */
	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = { "handingerHealthIndicator", "handingerHealthContributor" })
	HandingerHealthIndicator handingerHealthIndicator(HandingerProperties properties,
			ObjectProvider<HandingerTransport> transport, ObjectProvider<WebhookLifecycle> webhooks,
			ObjectProvider<RunKeys> runs) {
		return new HandingerHealthIndicator(transport::getObject,
				() -> webhooks.stream().findFirst().map(WebhookLifecycle::states).orElse(Map.of()),
				() -> runs.stream().findFirst().map(RunKeys::details).orElse(Map.of()), properties.health().cacheTime(),
				Clock.systemUTC());
	}

}
