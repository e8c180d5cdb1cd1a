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

import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The tokens that open the webhook: those that are configured, and those that Handinger
 * has told of the workers whose webhook is registered here. Only their digests are kept.
 */
final class WebhookTokens {

	private final Supplier<List<String>> configured;

	private final boolean areRegistered;

	private final Map<String, byte[]> registered = new ConcurrentHashMap<>();

	private volatile @Nullable ConfiguredTokens last;

	/**
	 * Create new tokens.
	 * @param configured gives the tokens that are configured, for each use anew
	 * @param areRegistered whether Handinger will tell of others
	 */
	WebhookTokens(Supplier<List<String>> configured, boolean areRegistered) {
		this.configured = configured;
		this.areRegistered = areRegistered;
	}

	/**
	 * Accept the token of a worker in place of the one that it had before.
	 */
	void register(String workerId, String token) {
		this.registered.put(workerId, Sha256.of(token));
	}

	/**
	 * Return whether there is a token, or will be: as long as Handinger has not told of
	 * one, what it delivers has to be refused rather than left to others.
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
	 * Return whether a token is one of these. It takes as long for one that is wrong, and
	 * wherever it is wrong.
	 * @throws UnreadableTokensException if that can't be told now
	 */
	boolean accept(String token) {
		byte[] digest = Sha256.of(token);
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
	 * An application's own code may have none after all, or fail.
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
			// A blank one would let in whoever sends an empty header.
			this.digests = tokens.stream().filter((token) -> !token.isBlank()).map(Sha256::of).toList();
		}

	}

}
