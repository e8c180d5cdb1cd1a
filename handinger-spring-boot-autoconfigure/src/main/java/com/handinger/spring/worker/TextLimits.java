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
import java.util.Objects;

import com.handinger.spring.transport.ApiCall;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Validates texts for the API. Messages never contain the text.
 */
final class TextLimits {

	private TextLimits() {
	}

	/**
	 * Check that a text has no unpaired surrogates and is not too long.
	 * @param text the text, or {@code null} for none
	 * @param field the name of its field, for the message
	 * @param maxLength the maximum number of characters
	 * @throws IllegalArgumentException if the text is too long or has an unpaired
	 * surrogate
	 */
	static void check(@Nullable String text, String field, int maxLength) {
		String checked = Objects.requireNonNullElse(text, "");
		Assert.isTrue(ApiCall.isText(checked),
				() -> "'" + field + "' must not have half of a surrogate pair, which is no character");
		int length = checked.codePointCount(0, checked.length());
		Assert.isTrue(length <= maxLength, () -> String.format(Locale.ROOT,
				"'%s' must have at most %,d characters: shorten it, since it has %,d", field, maxLength, length));
	}

}
