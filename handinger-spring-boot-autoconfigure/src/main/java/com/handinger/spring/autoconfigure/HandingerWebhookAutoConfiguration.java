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
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.webhook.Claims;
import com.handinger.spring.webhook.Claims.Transactions;
import com.handinger.spring.webhook.DeliveryFilter;
import com.handinger.spring.webhook.DeliveryWebFilter;
import com.handinger.spring.webhook.ListenerCalls;
import com.handinger.spring.webhook.ListenerCalls.RunKeys;
import com.handinger.spring.webhook.StoredClaims;
import com.handinger.spring.webhook.TaskFinishedHandler;
import com.handinger.spring.webhook.WebhookLifecycle;
import com.handinger.spring.webhook.WebhookMeters;
import com.handinger.spring.webhook.WebhookRuntime;
import com.handinger.spring.webhook.WebhookSettings;
import com.handinger.spring.worker.HandingerWorkersClient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration for the webhook that Handinger calls when a task is finished, and
 * for recovering missed deliveries. Most of it is created only once there is a token.
 */
@AutoConfiguration(after = HandingerAutoConfiguration.class,
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration",
				"org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration" })
@ConditionalOnBean(HandingerConnectionDetails.class)
public final class HandingerWebhookAutoConfiguration {

	private static final String THREAD_NAME_PREFIX = "handinger-webhook-";

	private static final int THREADS = 8;

	private static final int QUEUE = 256;

	/**
	 * Without a web server, missed deliveries can be recovered, and nothing else.
	 */
	@Bean
	@ConditionalOnMissingBean
	WebhookSettings handingerWebhookSettings(HandingerProperties properties, ObjectProvider<PathPrefix> pathPrefix) {
		boolean hasServer = pathPrefix.getIfAvailable() != null;
		WebhookSettings settings = properties.webhook().inForce(hasServer);
		String url = settings.registration().url();
		if (!hasServer && url != null && !settings.reconciliation().isEnabled()) {
			throw InvalidPropertyBindHandler.failure("handinger.webhook.registration.url", BaseUrl.printable(url), null,
					"this application has no web server, so it can't receive webhook deliveries. Add one, such as "
							+ "spring-boot-starter-webmvc or spring-boot-starter-webflux, or leave the URL out. To only "
							+ "recover missed deliveries, set handinger.webhook.reconciliation.enabled=true; in a test, "
							+ "set handinger.webhook.enabled=false");
		}
		return settings;
	}

	@Bean(defaultCandidate = false)
	static EventListenerFactory handingerAwaitedListenerFactory() {
		return WebhookRuntime.awaitedListeners();
	}

	@Bean
	WebhookLifecycle handingerWebhookLifecycle(WebhookSettings settings, HandingerConnectionDetails connectionDetails,
			ObjectProvider<WebhookRuntime> runtime, ObjectProvider<PathPrefix> pathPrefix, ApplicationContext context) {
		return new WebhookLifecycle(settings, connectionDetails::getWebhookTokens, runtime::getObject,
				() -> pathPrefix.stream().map(PathPrefix::value).findFirst().orElse(null), context);
	}

	@Bean
	@Lazy
	WebhookRuntime handingerWebhookRuntime(WebhookLifecycle lifecycle, HandingerTasksClient tasks, TaskWaiters waiters,
			HandingerWorkersClient workers, Claims claims, ListenerCalls calls,
			@Qualifier("handingerWebhookScheduler") Scheduler scheduler, ObjectProvider<WebhookMeters> meters,
			ConfigurableListableBeanFactory beans) {
		return new WebhookRuntime(lifecycle, tasks, waiters, workers, claims, calls, scheduler,
				new ApplicationBeans(beans).observations(), meters.getIfAvailable());
	}

	/**
	 * Shared by the webhook and durable runs, so that each end is published once. A run
	 * is looked for only when an end is published.
	 */
	@Bean
	@Lazy
	ListenerCalls handingerListenerCalls(ObjectProvider<Claims> claims,
			@Qualifier("handingerWebhookScheduler") Scheduler scheduler, ApplicationContext context,
			ObjectProvider<TaskFinishedHandler> handlers, ObjectProvider<RunKeys> runs) {
		return ListenerCalls.of(claims::getObject, scheduler, context, handlers, (taskId, turnCount) -> {
			RunKeys keys = runs.getIfAvailable();
			return (keys != null) ? keys.runKey(taskId, turnCount) : null;
		});
	}

	/**
	 * Not an executor bean, because Boot then leaves out its own. A listener beyond the
	 * queue is rejected.
	 */
	@Bean(defaultCandidate = false, destroyMethod = "dispose")
	@Lazy
	@ConditionalOnMissingBean(name = "handingerWebhookScheduler")
	Scheduler handingerWebhookScheduler(Environment environment) {
		ThreadFactory threadFactory = Threading.VIRTUAL.isActive(environment)
				? new VirtualThreadTaskExecutor(THREAD_NAME_PREFIX).getVirtualThreadFactory()
				: new CustomizableThreadFactory(THREAD_NAME_PREFIX);
		ThreadPoolExecutor executor = new ThreadPoolExecutor(THREADS, THREADS, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(QUEUE), threadFactory);
		executor.allowCoreThreadTimeOut(true);
		return Schedulers.fromExecutorService(executor, "handinger-webhook");
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	Claims handingerWebhookMemoryClaims(ObjectProvider<Transactions> transactions) {
		return Claims.inMemory(transactions.getIfAvailable(() -> Transactions.NONE));
	}

	/**
	 * The path that the server and Spring put before all paths of the application,
	 * without a slash at its end.
	 */
	@FunctionalInterface
	interface PathPrefix {

		String value();

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(PlatformTransactionManager.class)
	static class TransactionsConfiguration {

		/**
		 * A transaction ends when the lease of its claim would.
		 */
		@Bean
		@Lazy
		Transactions handingerWebhookTransactions(ObjectProvider<PlatformTransactionManager> transactionManagers,
				WebhookSettings settings) {
			PlatformTransactionManager transactionManager = transactionManagers.getIfUnique();
			if (transactionManager == null) {
				return Transactions.NONE;
			}
			TransactionTemplate transactions = new TransactionTemplate(transactionManager);
			transactions.setTimeout((int) Math.max(settings.lease().toSeconds(), 1));
			return (work) -> transactions.executeWithoutResult((status) -> work.run());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ConcurrentMetadataStore.class)
	@ConditionalOnBean(ConcurrentMetadataStore.class)
	static class MetadataStoreConfiguration {

		private static final boolean JDBC_PRESENT = ClassUtils.isPresent(
				"org.springframework.integration.jdbc.metadata.JdbcMetadataStore",
				MetadataStoreConfiguration.class.getClassLoader());

		@Bean
		@Lazy
		Claims handingerWebhookClaims(ObjectProvider<ConcurrentMetadataStore> stores,
				ObjectProvider<Transactions> transactions, WebhookSettings settings,
				ConfigurableListableBeanFactory beans) {
			ConcurrentMetadataStore store = stores.getIfUnique();
			if (store == null) {
				String[] names = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans,
						ConcurrentMetadataStore.class);
				throw new MisconfigurationException(
						"The webhook of Handinger remembers finished tasks in one ConcurrentMetadataStore, and there "
								+ "are " + names.length + ": the beans " + String.join(", ", names) + ".",
						"Mark the one that the webhook should use @Primary, or define the others with "
								+ "@Bean(defaultCandidate = false). Do not change the store later: it does not know "
								+ "what another store remembers.");
			}
			Transactions own = transactions.getIfAvailable(() -> Transactions.NONE);
			return new StoredClaims(store, own, own != Transactions.NONE && isJdbc(store), settings.lease(),
					Clock.systemUTC());
		}

		private static boolean isJdbc(ConcurrentMetadataStore store) {
			return JDBC_PRESENT && JdbcMetadataStore.class.isAssignableFrom(AopUtils.getTargetClass(store));
		}

	}

	/**
	 * Notices that a web server is listening. The one of the management port belongs to
	 * another context.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServerListener implements ApplicationListener<WebServerInitializedEvent> {

		private final ApplicationContext context;

		private final WebhookLifecycle lifecycle;

		WebServerListener(ApplicationContext context, WebhookLifecycle lifecycle) {
			this.context = context;
			this.lifecycle = lifecycle;
		}

		@Override
		public void onApplicationEvent(WebServerInitializedEvent event) {
			if (event.getApplicationContext() == this.context && event.getWebServer().getPort() > 0) {
				this.lifecycle.listen();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@ConditionalOnClass(Filter.class)
	static class ServletConfiguration {

		private static final String EMBEDDED = "org.springframework.boot.web.server.context.WebServerApplicationContext";

		/**
		 * If the {@code DispatcherServlet} has a path, it is that of all handlers, and
		 * Tomcat calls no filters outside of it.
		 */
		@Bean(defaultCandidate = false)
		FilterRegistrationBean<DeliveryFilter> handingerWebhookFilter(WebhookSettings settings,
				WebhookLifecycle webhook, Environment environment) {
			FilterRegistrationBean<DeliveryFilter> registration = new FilterRegistrationBean<>(
					new DeliveryFilter(webhook, servletPath(environment)));
			registration.setEnabled(settings.enabled());
			registration.setOrder(settings.filterOrder());
			registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
			registration.setAsyncSupported(true);
			return registration;
		}

		/**
		 * A servlet container that the application has not started publishes no event. A
		 * mocked one initializes nothing.
		 */
		@Bean(defaultCandidate = false)
		ServletContextInitializer handingerWebhookServletContainerListener(WebApplicationContext context,
				ObjectProvider<WebhookLifecycle> lifecycle) {
			ClassLoader classLoader = context.getClassLoader();
			return (servletContext) -> {
				if (!ClassUtils.isPresent(EMBEDDED, classLoader)
						|| !ClassUtils.resolveClassName(EMBEDDED, classLoader).isInstance(context)) {
					lifecycle.getObject().listen();
				}
			};
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

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class ReactiveConfiguration {

		@Bean(defaultCandidate = false)
		DeliveryWebFilter handingerWebhookFilter(WebhookLifecycle webhook) {
			return new DeliveryWebFilter(webhook);
		}

		@Bean
		@Lazy
		PathPrefix handingerWebhookPathPrefix(Environment environment) {
			return () -> {
				String path = StringUtils
					.trimTrailingCharacter(environment.getProperty("spring.webflux.base-path", "").strip(), '/');
				return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
			};
		}

	}

}
