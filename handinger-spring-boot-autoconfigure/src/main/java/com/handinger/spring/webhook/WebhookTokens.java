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

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.springframework.util.StringUtils;

/**
 * The accepted tokens: those that are configured, and those of the workers whose webhook
 * is registered here, of which only the digests are kept.
 */
final class WebhookTokens {

	private final Supplier<List<String>> configured;

	private final boolean areRegistered;

	private final Map<String, byte[]> registered = new ConcurrentHashMap<>();

	/**
	 * Create new tokens.
	 * @param configured returns the configured tokens, and is asked for each request
	 * @param areRegistered whether the registration adds others
	 */
	WebhookTokens(Supplier<List<String>> configured, boolean areRegistered) {
		this.configured = configured;
		this.areRegistered = areRegistered;
	}

	/**
	 * Accept the token of a worker, and not the one that it had before.
	 */
	void register(String workerId, String token) {
		this.registered.put(workerId, sha256(token));
	}

	/**
	 * Return whether there is a token, or will be. Until the registration has added one,
	 * or while the configured ones cannot be read, deliveries are refused rather than
	 * passed on to the application.
	 */
	boolean areExpected() {
		try {
			return this.areRegistered || configured().findAny().isPresent();
		}
		catch (RuntimeException ex) {
			return true;
		}
	}

	/**
	 * Return whether a token is accepted. The time does not depend on the token.
	 * @throws RuntimeException if the configured tokens cannot be read
	 */
	boolean accept(String token) {
		byte[] digest = sha256(token);
		boolean isRegistered = isAnyOf(this.registered.values().stream(), digest);
		try {
			return isAnyOf(configured().map(WebhookTokens::sha256), digest) | isRegistered;
		}
		catch (RuntimeException ex) {
			if (isRegistered) {
				return true;
			}
			throw ex;
		}
	}

	/**
	 * The code of the application may return {@code null}. A blank token would match an
	 * empty header.
	 */
	private Stream<String> configured() {
		return Objects.requireNonNullElse(this.configured.get(), List.<String>of())
			.stream()
			.filter(StringUtils::hasText);
	}

	private static boolean isAnyOf(Stream<byte[]> digests, byte[] digest) {
		return digests.map((each) -> MessageDigest.isEqual(each, digest)).reduce(false, Boolean::logicalOr);
	}

	private static byte[] sha256(String text) {
		return sha256(text.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
