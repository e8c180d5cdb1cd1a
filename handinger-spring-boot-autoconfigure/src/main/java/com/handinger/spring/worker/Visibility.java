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

package com.handinger.spring.worker;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Who may see a worker.
 */
public enum Visibility {

	/**
	 * Every member of the organization. This is the default of a new worker, so all of
	 * them can read its instructions.
	 */
	@JsonProperty("public")
	PUBLIC,

	/**
	 * Only those who have been given access.
	 */
	@JsonProperty("private")
	PRIVATE,

	/**
	 * A visibility that this version does not know. It is only read, never sent.
	 */
	@JsonEnumDefaultValue
	UNKNOWN;

	static void check(@Nullable Visibility visibility) {
		Assert.isTrue(visibility != UNKNOWN, "'visibility' must be one that Handinger knows, or null");
	}

	/**
	 * Return the name that the API has for this visibility.
	 */
	String value() {
		return name().toLowerCase(Locale.ROOT);
	}

}
