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

import java.time.Clock;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Remembers in the metadata store of the application. Where that is in its one database,
 * claims are in the transaction of the listeners.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ConcurrentMetadataStore.class)
@ConditionalOnBean(ConcurrentMetadataStore.class)
class MetadataStoreConfiguration {

	/**
	 * Return the one store of the application, or the one that it prefers.
	 */
	private static ConcurrentMetadataStore single(ObjectProvider<ConcurrentMetadataStore> stores,
			ListableBeanFactory beans) {
		ConcurrentMetadataStore store = stores.getIfUnique();
		if (store == null) {
			throw new SeveralClaimStoresException(
					List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, ConcurrentMetadataStore.class)));
		}
		return store;
	}

	private static Claims leased(ConcurrentMetadataStore store, WebhookSettings settings) {
		return new LeasedClaims(store, settings.lease(), Clock.systemUTC());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ JdbcMetadataStore.class, PlatformTransactionManager.class })
	static class JdbcConfiguration {

		@Bean
		@Lazy
		ClaimStore handingerWebhookClaimStore(ObjectProvider<ConcurrentMetadataStore> stores, ListableBeanFactory beans,
				WebhookSettings settings, ObjectProvider<PlatformTransactionManager> transactionManagers) {
			ConcurrentMetadataStore store = single(stores, beans);
			Claims leased = leased(store, settings);
			PlatformTransactionManager transactionManager = transactionManagers.getIfUnique();
			boolean isJdbc = JdbcMetadataStore.class.isAssignableFrom(AopUtils.getTargetClass(store));
			Claims claims = (isJdbc && transactionManager != null) ? new TransactionalClaims(store,
					TransactionConfiguration.template(transactionManager, settings), leased, Clock.systemUTC())
					: leased;
			return new ClaimStore(claims, new StoredCheckpoints(store));
		}

	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	ClaimStore handingerWebhookLeasedClaimStore(ObjectProvider<ConcurrentMetadataStore> stores,
			ListableBeanFactory beans, WebhookSettings settings) {
		ConcurrentMetadataStore store = single(stores, beans);
		return new ClaimStore(leased(store, settings), new StoredCheckpoints(store));
	}

	/**
	 * Marks in a metadata store.
	 */
	private static final class StoredCheckpoints implements Checkpoints {

		private static final String PREFIX = "handinger:reconciled:";

		private final ConcurrentMetadataStore store;

		StoredCheckpoints(ConcurrentMetadataStore store) {
			this.store = store;
		}

		@Override
		public @Nullable Instant get(String workerId) {
			String mark = this.store.get(PREFIX + StoredClaim.shorten(workerId));
			return (mark != null && mark.matches("[0-9]{1,17}")) ? Instant.ofEpochMilli(Long.parseLong(mark)) : null;
		}

		@Override
		public void put(String workerId, Instant mark) {
			this.store.put(PREFIX + StoredClaim.shorten(workerId), String.valueOf(mark.toEpochMilli()));
		}

	}

}
