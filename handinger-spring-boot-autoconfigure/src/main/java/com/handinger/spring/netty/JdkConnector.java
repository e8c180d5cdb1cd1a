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

package com.handinger.spring.netty;

import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import org.springframework.http.client.reactive.JdkClientHttpConnector;

/**
 * Closes the connection of a response whose body is cancelled. Spring's own connector
 * caches the body, and so the cancellation would not reach the JDK's HTTP client.
 */
final class JdkConnector implements ClientHttpConnector {

	private final HttpClient client;

	private final @Nullable Duration readTimeout;

	/**
	 * Create a new connector.
	 * @param client the client that sends the requests
	 * @param readTimeout the time in which a response has to begin, or {@code null} for
	 * no limit
	 */
	JdkConnector(HttpClient client, @Nullable Duration readTimeout) {
		this.client = client;
		this.readTimeout = readTimeout;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			Call call = new Call(this.client);
			JdkClientHttpConnector connector = new JdkClientHttpConnector(call);
			if (this.readTimeout != null) {
				connector.setReadTimeout(this.readTimeout);
			}
			return connector.connect(method, uri, requestCallback)
				.doOnCancel(call::cancel)
				.map((response) -> cancellable(response, call));
		});
	}

	private static ClientHttpResponse cancellable(ClientHttpResponse response, Call call) {
		return new ClientHttpResponseDecorator(response) {

			@Override
			public Flux<DataBuffer> getBody() {
				return super.getBody().doOnCancel(call::cancel);
			}

		};
	}

	/**
	 * Sends one request, and keeps the subscription to the body of its response.
	 */
	private static final class Call extends HttpClient {

		private final HttpClient client;

		private volatile Flow.@Nullable Subscription body;

		private volatile boolean cancelled;

		Call(HttpClient client) {
			this.client = client;
		}

		@Override
		public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
			return this.client.sendAsync(request, (info) -> new Body<>(handler.apply(info), this::start));
		}

		private void start(Flow.Subscription body) {
			this.body = body;
			if (this.cancelled) {
				body.cancel();
			}
		}

		void cancel() {
			this.cancelled = true;
			Flow.Subscription body = this.body;
			if (body != null) {
				body.cancel();
			}
		}

		@Override
		public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler,
				@Nullable PushPromiseHandler<T> pushPromiseHandler) {
			return sendAsync(request, handler);
		}

		@Override
		public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
				throws IOException, InterruptedException {
			return this.client.send(request, handler);
		}

		@Override
		public Optional<CookieHandler> cookieHandler() {
			return this.client.cookieHandler();
		}

		@Override
		public Optional<Duration> connectTimeout() {
			return this.client.connectTimeout();
		}

		@Override
		public Redirect followRedirects() {
			return this.client.followRedirects();
		}

		@Override
		public Optional<ProxySelector> proxy() {
			return this.client.proxy();
		}

		@Override
		public SSLContext sslContext() {
			return this.client.sslContext();
		}

		@Override
		public SSLParameters sslParameters() {
			return this.client.sslParameters();
		}

		@Override
		public Optional<Authenticator> authenticator() {
			return this.client.authenticator();
		}

		@Override
		public Version version() {
			return this.client.version();
		}

		@Override
		public Optional<Executor> executor() {
			return this.client.executor();
		}

	}

	/**
	 * Hands on the body of a response.
	 */
	private record Body<T>(BodySubscriber<T> subscriber,
			Consumer<Flow.Subscription> onStart) implements BodySubscriber<T> {

		@Override
		public CompletionStage<T> getBody() {
			return this.subscriber.getBody();
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.onStart.accept(subscription);
			this.subscriber.onSubscribe(subscription);
		}

		@Override
		public void onNext(List<ByteBuffer> buffers) {
			this.subscriber.onNext(buffers);
		}

		@Override
		public void onError(Throwable failure) {
			this.subscriber.onError(failure);
		}

		@Override
		public void onComplete() {
			this.subscriber.onComplete();
		}

	}

}
