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

package com.handinger.spring.transport;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The base URL of the API, which is valid and safe to send the API key to.
 */
public final class BaseUrl {

	private static final Pattern USER_INFO = Pattern.compile("//[^/?#]*@");

	/**
	 * Also matches invalid URLs, which may have a password anywhere before the last
	 * {@code @}.
	 */
	private static final String SECRETS = "(?is)^([a-z][a-z0-9+.-]*://|//)?.*@|(?<=[?#]).+";

	private static final String LOOPBACK = "localhost|127(\\.\\d{1,3}){3}|\\[(::1|(0{1,4}:){7}0{0,3}1)\\]";

	/**
	 * At the end of a path, alone or with the path of a call.
	 */
	private static final Pattern API_PATH = Pattern.compile("/+api(/+(tasks|workers)(/.*)?)?/*$",
			Pattern.CASE_INSENSITIVE);

	private final String value;

	/**
	 * Tasks are created at the same path, which is not parsed again.
	 */
	private volatile URI last;

	private BaseUrl(String value) {
		this.value = value;
		this.last = URI.create(value);
	}

	/**
	 * Check a URL.
	 * @param url the URL
	 * @param allowPlainHttp whether plain http is allowed for other hosts than this
	 * machine
	 * @return the base URL
	 * @throws IllegalArgumentException if the URL is invalid or not safe; the message
	 * says why, and what would be valid
	 */
	public static BaseUrl of(String url, boolean allowPlainHttp) {
		URI uri = parse(url);
		check(uri != null, url,
				"it is not a URL; it should look like https://handinger.com, without a space in or around it");
		String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
		check(scheme.equals("https") || scheme.equals("http"), url,
				"it has to start with https://, as in https://handinger.com");
		check(uri.getRawUserInfo() == null && !USER_INFO.matcher(url).find(), url,
				"it must not have user info: the API key goes into handinger.api-key");
		check(uri.getHost() != null, url,
				"it has to name a host of letters, digits, hyphens and dots, as in https://handinger.com");
		check(uri.getPort() != 0 && uri.getPort() <= 65535, url, "its port has to be from 1 to 65535");
		check(uri.getRawQuery() == null && uri.getRawFragment() == null, url,
				"it must not have a query or a fragment, as in https://handinger.com");
		if (API_PATH.matcher(uri.getRawPath()).find()) {
			check(false, url,
					"it must not have the path of the API, which is added to it: write " + withoutApiPath(uri));
		}
		check(scheme.equals("https") || allowPlainHttp || isLoopback(uri.getHost()), url,
				"plain http would show the API key to the network: use https, or set handinger.allow-plain-http=true "
						+ "if the network is your own");
		// Reactor Netty would send other characters unencoded.
		String value = uri.toASCIIString();
		return new BaseUrl(value.endsWith("/") ? value.replaceAll("/+$", "") : value);
	}

	/**
	 * Parse a URL.
	 * @param url the URL
	 * @return the URI, or {@code null} if it is none
	 */
	public static @Nullable URI parse(String url) {
		try {
			return new URI(url);
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	private static String withoutApiPath(URI uri) {
		return printable(
				uri.getScheme() + "://" + uri.getRawAuthority() + API_PATH.matcher(uri.getRawPath()).replaceFirst(""));
	}

	/**
	 * Return whether a host is a loopback address.
	 * @param host the host of a URL
	 * @return whether it is a loopback address
	 */
	public static boolean isLoopback(String host) {
		return host.toLowerCase(Locale.ROOT).matches(LOOPBACK);
	}

	private static void check(boolean valid, String url, String reason) {
		if (!valid) {
			throw new IllegalArgumentException("The base URL '" + printable(url) + "' can't be used: " + reason);
		}
	}

	/**
	 * Redact a URL: its user info, query and fragment, and everything that looks like an
	 * API key.
	 * @param url the URL, which may be invalid
	 * @return the redacted URL
	 */
	public static String printable(String url) {
		String masked = Pattern.compile(SECRETS)
			.matcher(url)
			.replaceAll((match) -> ((match.group(1) != null) ? match.group(1) : "") + Redaction.MASK
					+ (match.group().endsWith("@") ? "@" : ""));
		return Redaction.of(masked);
	}

	/**
	 * Return the URI of a path below this URL.
	 * @param path the encoded path, with a slash at its start
	 * @return the URI
	 */
	URI resolve(String path) {
		String url = this.value + path;
		URI uri = this.last;
		if (!uri.toString().equals(url)) {
			uri = URI.create(url);
			this.last = uri;
		}
		return uri;
	}

	/**
	 * Return the URL without a slash at its end.
	 */
	@Override
	public String toString() {
		return this.value;
	}

}
