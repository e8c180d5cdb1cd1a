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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.RawClient.Answer;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filters of the application before the webhook.
 */
class WebhookFiltersTests {

	private static final String POST = "POST /handinger/webhook HTTP/1.1";

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static final String FILTER = "X-Filter: ";

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void deliveryIsTakenWhateverAFilterMakesOfItsRequest(WebStack stack) {
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication application = WebhookApplication.start(stack, handinger, FilteredApplication.class,
						"handinger.webhook.timeout=30s")) {
			for (String wrapper : List.of("unsupported", "illegal", "ignored", "not-asynchronous", "reader",
					"delegating")) {
				String taskId = "tsk_" + wrapper;
				handinger.withTask(taskId, 1);
				String body = "{\"taskId\":\"" + taskId + "\"}";
				assertThat(application.send(POST, TOKEN + "\r\n" + FILTER + wrapper, body).status()).as(wrapper)
					.isEqualTo(204);
				assertThat(application.listener().events(taskId)).as(wrapper).hasSize(1);
				assertThat(application.send(POST, "X-Handinger-Token: wrong\r\n" + FILTER + wrapper, body).status())
					.as(wrapper)
					.isEqualTo(401);
			}
			assertThat(application.deliverTask("tsk_delegating").status()).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void bodyThatAFilterDoesNotGiveIsABadRequest(WebStack stack) {
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication application = WebhookApplication.start(stack, handinger, FilteredApplication.class,
						"handinger.webhook.timeout=30s")) {
			for (String wrapper : List.of("failing", "undecipherable", "consumed-reader", "consumed-stream", "none")) {
				try (CapturedLog log = CapturedLog.startWithTrace()) {
					Answer answer = application.send(POST, TOKEN + "\r\n" + FILTER + wrapper, "{\"taskId\":\"tsk_1\"}");
					assertThat(answer.status()).as(wrapper).isEqualTo(400);
					assertThat(log.troubles()).as(wrapper).isEmpty();
				}
			}
			Answer answer = application.send(POST,
					TOKEN + "\r\n" + FILTER + "parameters\r\nContent-Type: application/x-www-form-urlencoded",
					"{\"taskId\":\"tsk_1\"}");
			assertThat(answer.status()).isEqualTo(400);
			assertThat(application.listener().events()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "JETTY" })
	void limitsHoldForAStreamOfAFilter(WebStack stack) throws Exception {
		ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication application = WebhookApplication.start(stack, handinger, FilteredApplication.class,
						"handinger.webhook.timeout=1s", "handinger.webhook.max-body-size=10KB");
				RawClient client = new RawClient(application.port())) {
			assertThat(application.send(POST, TOKEN + "\r\n" + FILTER + "unsupported", " ".repeat(10_300)).status())
				.isEqualTo(413);
			client.write(POST + "\r\nHost: localhost\r\n" + TOKEN + "\r\n" + FILTER
					+ "delegating\r\nContent-Length: 9000\r\n\r\n");
			trickle.scheduleAtFixedRate(() -> client.tryWrite(new byte[] { ' ' }), 0, 50, TimeUnit.MILLISECONDS);
			assertThat(client.read().status()).isEqualTo(408);
		}
		finally {
			trickle.shutdownNow();
		}
	}

	private static byte[] read(HttpServletRequest request) {
		try {
			return request.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A filter does what the request asks for.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class FilteredApplication {

		@Bean
		FilterRegistrationBean<Filter> wrappingFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(wrap((HttpServletRequest) request), response));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			registration.setAsyncSupported(true);
			return registration;
		}

		private static HttpServletRequest wrap(HttpServletRequest request) throws IOException {
			String wrapper = String.valueOf(request.getHeader("X-Filter"));
			return switch (wrapper) {
				case "unsupported" -> kept(request, (listener) -> new UnsupportedOperationException());
				case "illegal" -> kept(request, (listener) -> new IllegalStateException());
				case "ignored" -> kept(request, (listener) -> null);
				case "not-asynchronous" -> new NotAsynchronousRequest(request);
				case "reader" -> {
					byte[] body = request.getReader().readLine().getBytes(StandardCharsets.UTF_8);
					yield new WrappedRequest(request, new WrappedStream(new ByteArrayInputStream(body), (l) -> null));
				}
				case "delegating" ->
					new WrappedRequest(request, new WrappedStream(request.getInputStream(), (listener) -> null));
				case "failing" -> new WrappedRequest(request, new WrappedStream(new InputStream() {

					@Override
					public int read() throws IOException {
						throw new IOException("This is just a test");
					}

				}, (listener) -> null));
				case "undecipherable" -> new WrappedRequest(request, new WrappedStream(new InputStream() {

					@Override
					public int read() {
						throw new IllegalArgumentException("This is just a test");
					}

				}, (listener) -> null));
				case "consumed-reader" -> {
					request.getReader().readLine();
					yield request;
				}
				case "consumed-stream" -> {
					read(request);
					yield request;
				}
				case "none" -> new WrappedRequest(request, null);
				case "parameters" -> {
					request.getParameterMap();
					yield request;
				}
				default -> request;
			};
		}

		private static HttpServletRequest kept(HttpServletRequest request,
				Function<ReadListener, RuntimeException> failure) {
			return new WrappedRequest(request,
					new WrappedStream(new ByteArrayInputStream(WebhookFiltersTests.read(request)), failure));
		}

	}

	private static final class NotAsynchronousRequest extends HttpServletRequestWrapper {

		NotAsynchronousRequest(HttpServletRequest request) {
			super(request);
		}

		@Override
		public boolean isAsyncSupported() {
			return false;
		}

		@Override
		public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
			throw new IllegalStateException("This is just a test");
		}

	}

	private static final class WrappedRequest extends HttpServletRequestWrapper {

		private final ServletInputStream input;

		WrappedRequest(HttpServletRequest request, ServletInputStream input) {
			super(request);
			this.input = input;
		}

		@Override
		public String getHeader(String name) {
			return name.equals(HttpHeaders.CONTENT_LENGTH) ? null : super.getHeader(name);
		}

		@Override
		public ServletInputStream getInputStream() {
			if (this.input == null) {
				throw new IllegalStateException("This is just a test");
			}
			return this.input;
		}

	}

	/**
	 * A stream that can read a byte, and is neither ready nor finished, ever.
	 */
	private static final class WrappedStream extends ServletInputStream {

		private final InputStream input;

		private final Function<ReadListener, RuntimeException> failure;

		WrappedStream(InputStream input, Function<ReadListener, RuntimeException> failure) {
			this.input = input;
			this.failure = failure;
		}

		@Override
		public int read() throws IOException {
			return this.input.read();
		}

		@Override
		public boolean isFinished() {
			return false;
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			RuntimeException failure = this.failure.apply(listener);
			if (failure != null) {
				throw failure;
			}
		}

	}

}
