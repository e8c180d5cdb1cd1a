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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import com.handinger.spring.support.EnableBareAutoConfiguration;
import com.handinger.spring.support.TasksServer;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a webhook and a listener, and a server of tasks.
 */
final class WebhookApplication implements AutoCloseable {

	static final String TOKEN = "whk_5ecretToken";

	private static final long PATIENCE_IN_SECONDS = 120;

	static final String OTHER_TOKEN = "whk_0therToken";

	private final ConfigurableApplicationContext context;

	private WebhookApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static WebhookApplication start(WebStack stack, TasksServer handinger, String... properties) {
		return start(stack, handinger, ListeningApplication.class, properties);
	}

	static WebhookApplication start(WebStack stack, TasksServer handinger, Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(List.of("handinger.base-url=" + handinger.url(),
				"handinger.webhook.tokens=" + TOKEN + "," + OTHER_TOKEN, "handinger.retry.max-attempts=1",
				"handinger.webhook.timeout=2m"));
		all.addAll(List.of(properties));
		return new WebhookApplication(stack.start(application, all.toArray(String[]::new)));
	}

	/**
	 * Wait as a listener that takes long, and must not be interrupted.
	 */
	static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(PATIENCE_IN_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("The listener was interrupted", ex);
		}
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	Listener listener() {
		return this.context.getBean(Listener.class);
	}

	/**
	 * Deliver a body with the right token, and return the answer.
	 */
	RawClient.Answer deliver(String body) {
		return send("POST /handinger/webhook HTTP/1.1", "X-Handinger-Token: " + TOKEN, body);
	}

	RawClient.Answer deliverTask(String taskId) {
		return deliver("{\"taskId\":\"" + taskId + "\",\"workerId\":\"wrk_1\",\"status\":\"completed\"}");
	}

	/**
	 * Send a request, and return the answer.
	 */
	RawClient.Answer send(String line, String headers, String body) {
		return RawClient.send(port(), request(line, headers, body));
	}

	/**
	 * Send a request whose body is no text, and return the answer.
	 */
	RawClient.Answer send(String line, String headers, byte[] body) {
		try (RawClient client = new RawClient(port())) {
			client.write(request(line, headers, body));
			return client.read();
		}
	}

	static byte[] request(String line, String headers, byte[] body) {
		byte[] head = (line + "\r\nHost: localhost\r\n" + (headers.isEmpty() ? "" : headers + "\r\n")
				+ "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
			.getBytes(StandardCharsets.ISO_8859_1);
		byte[] request = Arrays.copyOf(head, head.length + body.length);
		System.arraycopy(body, 0, request, head.length, body.length);
		return request;
	}

	static String request(String line, String headers, String body) {
		return line + "\r\nHost: localhost\r\n" + (headers.isEmpty() ? "" : headers + "\r\n")
				+ "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Remembers what it hears, and does what it is told to.
	 */
	static class Listener {

		private final List<TaskFinishedEvent> events = new CopyOnWriteArrayList<>();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		private final Map<String, Consumer<TaskFinishedEvent>> behaviours = new ConcurrentHashMap<>();

		@EventListener
		void on(TaskFinishedEvent event) {
			this.events.add(event);
			this.threads.add(Thread.currentThread().getName());
			this.behaviours.getOrDefault(event.taskId(), (heard) -> {
			}).accept(event);
		}

		/**
		 * Set what to do with a task.
		 */
		void onTask(String taskId, Consumer<TaskFinishedEvent> behaviour) {
			this.behaviours.put(taskId, behaviour);
		}

		List<TaskFinishedEvent> events(String taskId) {
			return this.events.stream().filter((event) -> event.taskId().equals(taskId)).toList();
		}

		List<TaskFinishedEvent> events() {
			return this.events;
		}

		List<String> threads() {
			return this.threads;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class ListeningApplication {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

}
