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

import org.jspecify.annotations.Nullable;

/**
 * Something needs Handinger and there is no API key.
 */
final class MissingApiKeyException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String connectionDetails;

	private final @Nullable String need;

	private final boolean isOfFurtherAccount;

	private MissingApiKeyException(@Nullable String connectionDetails, @Nullable String need,
			boolean isOfFurtherAccount) {
		super(((need != null) ? need + ", and there" : "There") + " is no API key for Handinger: "
				+ ((connectionDetails != null) ? "getApiKey() of " + connectionDetails + " gives none"
						: "set handinger.api-key"));
		this.connectionDetails = connectionDetails;
		this.need = need;
		this.isOfFurtherAccount = isOfFurtherAccount;
	}

	/**
	 * The property is not set.
	 */
	static MissingApiKeyException ofProperty() {
		return new MissingApiKeyException(null, null, false);
	}

	/**
	 * The application's own connection details have none.
	 * @param connectionDetails where they come from
	 */
	static MissingApiKeyException of(String connectionDetails) {
		return new MissingApiKeyException(connectionDetails, null, false);
	}

	/**
	 * Return the same with what of the webhook needs the key.
	 */
	MissingApiKeyException neededBy(@Nullable String need) {
		return (need != null) ? new MissingApiKeyException(this.connectionDetails, need, false) : this;
	}

	/**
	 * Return the same for details that are not those of the first account.
	 */
	MissingApiKeyException ofFurtherAccount() {
		return new MissingApiKeyException(this.connectionDetails, this.need, true);
	}

	boolean isOfFurtherAccount() {
		return this.isOfFurtherAccount;
	}

	/**
	 * Return where the connection details without a key come from, or {@code null} if the
	 * property is not set.
	 */
	@Nullable String connectionDetails() {
		return this.connectionDetails;
	}

	/**
	 * Return what of the webhook needs the key, or {@code null} if a client alone does.
	 */
	@Nullable String need() {
		return this.need;
	}

}
