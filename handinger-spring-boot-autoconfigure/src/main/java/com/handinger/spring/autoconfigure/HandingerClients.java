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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;

import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.task.DefaultHandingerTasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskMeters;
import com.handinger.spring.worker.DefaultHandingerWorkersClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.util.Assert;

/**
 * Creates the clients of further accounts. They have all settings of the first account,
 * which does not need an API key, and share its connections and meters. Only the base URL
 * and the API key differ.
 * <p>
 * Declare a further client as a bean with {@code @Bean(defaultCandidate = false)}, and
 * inject it with a {@code @Qualifier}. Otherwise it replaces the client of the first
 * account. The webhook and the health indicator belong to the first account.
 */
public final class HandingerClients implements DisposableBean {

	/**
	 * The resource with the version of the starter.
	 */
	static final String VERSION = "com/handinger/spring/autoconfigure/version.properties";

	private final HandingerProperties properties;

	private final HttpConnections connections;

	private final ObservationRegistry observations;

	private final @Nullable TaskMeters meters;

	private final Scheduler scheduler;

	/**
	 * The transports that are still in use. They are closed with the application.
	 */
	private final Set<HandingerTransport> transports = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private volatile boolean closed;

	HandingerClients(HandingerProperties properties, HttpConnections connections, ObservationRegistry observations,
			@Nullable TaskMeters meters, Scheduler scheduler) {
		this.properties = properties;
		this.connections = connections;
		this.observations = observations;
		this.meters = meters;
		this.scheduler = scheduler;
	}

	/**
	 * Create the clients of an account. Keep them, rather than create them for each call.
	 * @param connectionDetails the base URL and the API key of the account, which are
	 * read for each request. Their webhook tokens are not used
	 * @return the clients
	 * @throws IllegalStateException if the API key is missing or malformed
	 * @throws IllegalArgumentException if the base URL is invalid, or the API key must
	 * not be sent to it
	 */
	public Account create(HandingerConnectionDetails connectionDetails) {
		Assert.notNull(connectionDetails, "'connectionDetails' must not be null");
		HandingerTransport transport = transport(connectionDetails, this.properties, this.connections,
				MissingApiKey::ofFurtherAccount, this.scheduler);
		Account account = new Account(new DefaultHandingerTasksClient(transport, this.properties.await(),
				this.scheduler, this.observations, this.meters, new TaskWaiters()),
				new DefaultHandingerWorkersClient(transport));
		this.transports.add(transport);
		// Created while the application ends.
		if (this.closed) {
			transport.destroy();
		}
		return account;
	}

	static HandingerTransport transport(HandingerConnectionDetails connectionDetails, HandingerProperties properties,
			HttpConnections connections, Function<String, MisconfigurationException> missingApiKey,
			Scheduler scheduler) {
		return new HandingerTransport(connections,
				new ConnectionDetailsEndpoint(connectionDetails, properties.allowPlainHttp(), missingApiKey),
				properties.retry(), (int) properties.maxResponseSize().toBytes(), properties.readTimeout(), userAgent(),
				scheduler);
	}

	/**
	 * Return the {@code User-Agent}. The version comes from a filtered resource rather
	 * than from the manifest, so that it is also known without a jar.
	 */
	private static String userAgent() {
		try {
			return "handinger-spring-boot/"
					+ PropertiesLoaderUtils
						.loadProperties(new ClassPathResource(VERSION, HandingerClients.class.getClassLoader()))
						.getProperty("version")
					+ " spring-boot/" + SpringBootVersion.getVersion() + " java/" + System.getProperty("java.version");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void destroy() {
		this.closed = true;
		List.copyOf(this.transports).forEach(HandingerTransport::destroy);
	}

	/**
	 * The clients of one account.
	 *
	 * @param tasks the client of its tasks
	 * @param workers the client of its workers
	 */
	public record Account(HandingerTasksClient tasks, HandingerWorkersClient workers) {
	}

}
