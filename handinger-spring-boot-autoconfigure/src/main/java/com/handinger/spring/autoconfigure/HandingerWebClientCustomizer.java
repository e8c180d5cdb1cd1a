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

import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Callback for a bean that customizes the {@link WebClient.Builder} of the clients of
 * Handinger, and no other: a header for a gateway, a filter, a default for its
 * observation.
 * <p>
 * It is called once for the calls that wait for a task and once for all others, after
 * every {@link WebClientCustomizer}; of several, in their order. What makes a call
 * Handinger's own stays: its connector, which never sends a request again, and the
 * headers {@code Authorization}, {@code Accept} and {@code User-Agent}.
 */
@FunctionalInterface
public interface HandingerWebClientCustomizer {

	/**
	 * Customize the builder.
	 * @param webClientBuilder the builder
	 */
	void customize(WebClient.Builder webClientBuilder);

}
