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

import com.handinger.spring.webhook.WebhookConfiguration;
import com.handinger.spring.webhook.WebhookSettings;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnNotWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for the webhook that Handinger calls when a task is finished, and
 * for recovering missed deliveries.
 */
@AutoConfiguration(after = HandingerAutoConfiguration.class,
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration",
				"org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration" })
@ConditionalOnBean(HandingerConnectionDetails.class)
@Import(WebhookConfiguration.class)
public final class HandingerWebhookAutoConfiguration {

	@Bean
	@ConditionalOnWebApplication
	@ConditionalOnMissingBean
	WebhookSettings handingerWebhookSettings(HandingerProperties properties,
			HandingerConnectionDetails connectionDetails) {
		return properties.webhook().toSettings(connectionDetails::getWebhookTokens);
	}

	/**
	 * Without a web server, missed deliveries can be recovered, and that is all.
	 */
	@Bean
	@ConditionalOnNotWebApplication
	@ConditionalOnMissingBean
	WebhookSettings handingerReconciliationSettings(HandingerProperties properties) {
		return properties.webhook().toSettingsWithoutServer();
	}

}
