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
 * Callback that customizes the {@link WebClient.Builder} of the Handinger clients only:
 * for example with a filter, or with a header for a gateway.
 * <p>
 * The filters, the codecs, the exchange function and the defaults of the builder apply to
 * every request. Its observation registry and observation convention are ignored, and so
 * are the headers {@code Authorization}, {@code Accept} and {@code User-Agent}. The
 * callback is called once for each kind of call: those that wait for a task, those that
 * poll running tasks, and all others. It is called after every
 * {@link WebClientCustomizer}, in the order of the beans.
 */
@FunctionalInterface
public interface HandingerWebClientCustomizer {

	/**
	 * Customize the builder.
	 * @param webClientBuilder the builder
	 */
	void customize(WebClient.Builder webClientBuilder);

}
