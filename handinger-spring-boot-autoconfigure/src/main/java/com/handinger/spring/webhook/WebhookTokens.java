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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import com.handinger.spring.transport.Redaction;
import org.jspecify.annotations.Nullable;

/**
 * The accepted tokens: those that are configured, and those of the workers whose webhook
 * is registered here. Only their digests are kept.
 */
final class WebhookTokens {

	private final Supplier<List<String>> configured;

	private final boolean areRegistered;

	private final Map<String, byte[]> registered = new ConcurrentHashMap<>();

	private volatile @Nullable ConfiguredTokens last;

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
	 * deliveries are refused rather than passed on to the application.
	 */
	boolean areExpected() {
		try {
			return this.areRegistered || !configuredDigests().isEmpty();
		}
		catch (UnreadableTokensException ex) {
			return true;
		}
	}

	/**
	 * Return whether a token is accepted. The time does not depend on the token.
	 * @throws UnreadableTokensException if the configured tokens cannot be read
	 */
	boolean accept(String token) {
		byte[] digest = sha256(token);
		boolean isRegistered = isAnyOf(this.registered.values(), digest);
		try {
			return isAnyOf(configuredDigests(), digest) | isRegistered;
		}
		catch (UnreadableTokensException ex) {
			if (isRegistered) {
				return true;
			}
			throw ex;
		}
	}

	static byte[] sha256(byte[] bytes) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(bytes);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private static byte[] sha256(String text) {
		return sha256(text.getBytes(StandardCharsets.UTF_8));
	}

	private static boolean isAnyOf(Collection<byte[]> digests, byte[] digest) {
		boolean found = false;
		for (byte[] each : digests) {
			found |= MessageDigest.isEqual(each, digest);
		}
		return found;
	}

	private List<byte[]> configuredDigests() {
		List<String> tokens = read();
		ConfiguredTokens last = this.last;
		if (last == null || !last.tokens.equals(tokens)) {
			last = new ConfiguredTokens(tokens.stream().filter(Objects::nonNull).toList());
			this.last = last;
		}
		return last.digests;
	}

	/**
	 * The code of the application may return {@code null}, or fail.
	 */
	private List<String> read() {
		try {
			return Objects.requireNonNullElse(this.configured.get(), List.of());
		}
		catch (RuntimeException ex) {
			throw new UnreadableTokensException(ex);
		}
	}

	private static final class ConfiguredTokens {

		private final List<String> tokens;

		private final List<byte[]> digests;

		ConfiguredTokens(List<String> tokens) {
			this.tokens = tokens;
			// A blank token would match an empty header.
			this.digests = tokens.stream().filter((token) -> !token.isBlank()).map(WebhookTokens::sha256).toList();
		}

	}

	/**
	 * The connection details of the application have failed.
	 */
	static final class UnreadableTokensException extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		UnreadableTokensException(RuntimeException cause) {
			super("the tokens of the webhook can't be read from the connection details: "
					+ Redaction.of(String.valueOf(cause)), cause);
		}

	}

}
