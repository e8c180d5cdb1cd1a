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

package com.handinger.spring.support;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.task.HandingerTasksClient;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

/**
 * Runs a test with the client as an application gets it.
 */
public final class TasksClient {

	/**
	 * The API key of tests.
	 */
	public static final String API_KEY = "hdg_test_5ecretKey";

	private TasksClient() {
	}

	/**
	 * Return a runner of applications that have the starter.
	 */
	public static ApplicationContextRunner application() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class,
				JacksonAutoConfiguration.class, CodecsAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
				HandingerAutoConfiguration.class));
	}

	/**
	 * Return a runner of applications that have the starter, a key, a server and an HTTP
	 * library, and do not wait long.
	 */
	public static ApplicationContextRunner application(HttpStack stack, String baseUrl, String... properties) {
		List<String> all = new ArrayList<>(List.of("handinger.api-key=" + API_KEY, "handinger.base-url=" + baseUrl,
				"handinger.retry.initial-backoff=1ms", "handinger.retry.max-backoff=2s"));
		all.addAll(List.of(properties));
		return application().withPropertyValues(all.toArray(String[]::new))
			.withBean("connectorBuilder", ClientHttpConnectorBuilder.class, stack::connectorBuilder);
	}

	/**
	 * Run a test with a client.
	 */
	public static void with(HttpStack stack, String baseUrl, Consumer<HandingerTasksClient> test,
			String... properties) {
		application(stack, baseUrl, properties)
			.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

}
