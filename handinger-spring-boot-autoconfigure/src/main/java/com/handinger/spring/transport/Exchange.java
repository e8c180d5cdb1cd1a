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
package com.handinger.spring.transport;

import java.net.URI;
import java.util.function.Consumer;
import java.util.function.Function;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;

/**
 * Sends a request, and hands the response to whoever reads it.
 */
interface Exchange {

	/**
	 * Exchange a request for what is read from the response.
	 * @param <T> the type of what is read
	 * @param call the call
	 * @param uri the URI
	 * @param headers sets the headers
	 * @param body writes the body
	 * @param reader reads the response
	 */
	<T> Mono<T> exchange(ApiCall<T> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body, Function<HttpResponse, Mono<T>> reader);

}
