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

import java.util.List;
import java.util.Objects;

/**
 * Adapts {@link HandingerProperties} to {@link HandingerConnectionDetails}.
 *
 * @param properties the properties
 */
record PropertiesHandingerConnectionDetails(HandingerProperties properties) implements HandingerConnectionDetails {

	@Override
	public String getBaseUrl() {
		return this.properties.baseUrl();
	}

	@Override
	public String getApiKey() {
		return Objects.requireNonNullElse(this.properties.apiKey(), "");
	}

	@Override
	public List<String> getWebhookTokens() {
		return Objects.requireNonNullElse(this.properties.webhook().tokens(), List.of());
	}

}
