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

package com.handinger.spring.test;

import java.util.Map;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Structured output as the clients read it.
 */
final class StructuredOutput {

	private StructuredOutput() {
	}

	static Map<String, @Nullable Object> of(Object output) {
		Object json = ImmutableJson.value(output);
		Assert.isTrue(json instanceof Map, () -> "Structured output has to be a map or an object such as a record, "
				+ "and not of the " + output.getClass() + ".");
		return ImmutableJson.object((Map<?, ?>) json);
	}

}
