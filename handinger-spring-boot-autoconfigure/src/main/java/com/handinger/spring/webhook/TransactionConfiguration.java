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
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the listeners in a transaction, where there is exactly one transaction manager.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(PlatformTransactionManager.class)
class TransactionConfiguration {

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	Transactions handingerWebhookTransactions(ObjectProvider<PlatformTransactionManager> transactionManagers,
			WebhookSettings settings) {
		PlatformTransactionManager transactionManager = transactionManagers.getIfUnique();
		if (transactionManager == null) {
			return Transactions.NONE;
		}
		TransactionTemplate transactions = template(transactionManager, settings);
		return (work) -> transactions.executeWithoutResult((status) -> work.run());
	}

	/**
	 * Return transactions that are given up when a claim is.
	 */
	static TransactionTemplate template(PlatformTransactionManager transactionManager, WebhookSettings settings) {
		TransactionTemplate transactions = new TransactionTemplate(transactionManager);
		transactions.setTimeout((int) Math.max(settings.lease().toSeconds(), 1));
		return transactions;
	}

}
