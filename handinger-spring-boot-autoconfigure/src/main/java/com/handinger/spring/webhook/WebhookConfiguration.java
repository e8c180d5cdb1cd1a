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
import java.util.Map;
import java.util.Objects;

import com.handinger.spring.transport.GeneralBeans;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The beans of the webhook. Nothing is made of them before a token opens it.
 */
@Configuration(proxyBeanMethods = false)
@Import({ MetadataStoreConfiguration.class, TransactionConfiguration.class, ServletWebhookConfiguration.class,
		ReactiveWebhookConfiguration.class })
public class WebhookConfiguration {

	private static final String THREAD_NAME_PREFIX = "handinger-webhook-";

	@Bean(defaultCandidate = false)
	static AwaitedListenerFactory handingerAwaitedListenerFactory() {
		return new AwaitedListenerFactory();
	}

	@Bean
	WebhookTokens handingerWebhookTokens(WebhookSettings settings) {
		return new WebhookTokens(settings.tokens(), settings.toRegister().url() != null);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	ClaimStore handingerWebhookMemoryClaimStore() {
		return new ClaimStore(new MemoryClaims(Clock.systemUTC()), new MemoryCheckpoints());
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	Transactions handingerWebhookNoTransactions() {
		return Transactions.NONE;
	}

	/**
	 * It is no executor bean, since Boot leaves out its own where there is one.
	 */
	@Bean(defaultCandidate = false, destroyMethod = "dispose")
	@Lazy
	@ConditionalOnMissingBean(name = "handingerWebhookScheduler")
	Scheduler handingerWebhookScheduler(Environment environment) {
		return Schedulers.fromExecutorService(ListenerThreads.create(Threading.VIRTUAL.isActive(environment)
				? new VirtualThreadTaskExecutor(THREAD_NAME_PREFIX).getVirtualThreadFactory()
				: new CustomizableThreadFactory(THREAD_NAME_PREFIX)), "handinger-webhook");
	}

	@Bean
	@Lazy
	WebhookRuntime handingerWebhookRuntime(WebhookSettings settings, WebhookTokens tokens, HandingerTasksClient tasks,
			HandingerWorkersClient workers, TaskWaiters taskWaiters, ClaimStore store, Transactions transactions,
			ApplicationContext context, ObjectProvider<TaskFinishedHandler> handlers,
			@Qualifier("handingerWebhookScheduler") Scheduler scheduler, ObjectProvider<WebhookMeters> meters,
			ConfigurableListableBeanFactory beans) {
		Clock clock = Clock.systemUTC();
		Deliveries deliveries = new Deliveries(tasks::retrieve, taskWaiters::publish, store.claims(),
				new TaskFinishedPublisher(new SynchronousPublisher(context), handlers, transactions), scheduler,
				settings.timeout(), clock);
		WebhookRegistration registration = new WebhookRegistration(settings.toRegister(), workers, tokens);
		WebhookReconciliation reconciliation = new WebhookReconciliation(settings, workers, deliveries, store.marks(),
				scheduler, clock);
		meters.ifAvailable(reconciliation::register);
		return new WebhookRuntime(
				new WebhookController(settings, tokens, registration::onUnknownToken, deliveries,
						Objects.requireNonNullElse(new GeneralBeans(beans).find(ObservationRegistry.class),
								ObservationRegistry.NOOP),
						meters.getIfAvailable(), clock),
				deliveries, registration, reconciliation, new TaskFinishedListeners(context));
	}

	@Bean
	WebhookRegistrations handingerWebhookRegistrations(WebhookSettings settings, ObjectProvider<WebhookRuntime> parts) {
		return () -> (settings.toRegister().url() != null || settings.reconciliation().enabled())
				? parts.getObject().registrations() : Map.of();
	}

	@Bean
	WebhookLifecycle handingerWebhookLifecycle(WebhookSettings settings, WebhookTokens tokens,
			ObjectProvider<WebhookRuntime> parts, ObjectProvider<PathPrefix> pathPrefix, ApplicationContext context) {
		return new WebhookLifecycle(settings, tokens, parts::getObject, pathPrefix::getIfAvailable, context);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServerConfiguration {

		@Bean
		WebServerListener handingerWebhookWebServerListener(ApplicationContext context, WebhookLifecycle lifecycle) {
			return new WebServerListener(context, lifecycle);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		@Lazy
		WebhookMeters handingerWebhookMeters(MeterRegistry registry) {
			return new WebhookMeters(registry);
		}

	}

}
