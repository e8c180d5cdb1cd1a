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

import java.net.URI;
import java.nio.charset.StandardCharsets;

import com.handinger.spring.transport.BaseUrl;

import org.springframework.util.StringUtils;

/**
 * The path of the URL that Handinger delivers to. A proxy may have put something before
 * the path of the application.
 */
final class PublicPath {

	/**
	 * As it is sent.
	 */
	private final String value;

	private PublicPath(String value) {
		this.value = value;
	}

	static PublicPath of(String url) {
		String path = URI.create(url).getRawPath();
		return new PublicPath(path.isEmpty() ? "/" : path);
	}

	/**
	 * Return whether the path ends in that of the webhook. What is before
	 * {@code handinger.webhook.path} may be encoded or not.
	 * @param prefix what is before all paths of the application
	 * @param path the path of the webhook below that
	 */
	boolean endsIn(String prefix, String path) {
		return this.value.endsWith(path)
				&& decode(this.value.substring(0, this.value.length() - path.length())).endsWith(decode(prefix));
	}

	private static String decode(String path) {
		try {
			return StringUtils.uriDecode(path, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return path;
		}
	}

	String printable() {
		return BaseUrl.printable(this.value);
	}

}
