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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.Redaction;
import com.handinger.spring.netty.HandingerConnectors.Proxy;
import com.handinger.spring.run.RunsSettings;
import com.handinger.spring.task.Polling;
import com.handinger.spring.webhook.WebhookSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties for Handinger.
 * <p>
 * {@link #toString()} masks the API key.
 *
 * @param apiKey API key of the organization whose workers run the tasks. Unset by
 * default. Required to create a client.
 * @param baseUrl Base URL of Handinger, without the path /api. Must be https, unless it
 * names this machine or plain HTTP is allowed.
 * @param connectTimeout Connect timeout. A plain number is in milliseconds.
 * @param readTimeout Read timeout of all calls except those that wait for a task. A plain
 * number is in milliseconds.
 * @param taskTimeout Read timeout of calls that wait for a task. A plain number is in
 * milliseconds. Unlimited by default.
 * @param allowPlainHttp Whether to allow sending the API key to another machine over
 * plain HTTP.
 * @param maxConnections Maximum number of connections for calls that wait for a task.
 * Further tasks are queued, without a time limit. Unlimited by default.
 * @param http2 Whether to use HTTP/2, so that many tasks share a connection. By default,
 * HTTP/2 is negotiated over TLS, and not used over plain HTTP. Requires Reactor Netty.
 * @param maxResponseSize Maximum size of a response. A plain number is in bytes.
 * @param ssl Settings for TLS.
 * @param proxy Settings for the HTTP proxy.
 * @param retry Settings for retries.
 * @param await Settings for polling running tasks.
 * @param webhook Settings for the webhook.
 * @param health Settings for the health check.
 * @param runs Settings for durable runs.
 */
@ConfigurationProperties("handinger")
public record HandingerProperties(@Nullable String apiKey, @DefaultValue(DEFAULT_BASE_URL) String baseUrl,
		@DefaultValue("10s") Duration connectTimeout, @DefaultValue("60s") Duration readTimeout,
		@Nullable Duration taskTimeout, @DefaultValue("false") boolean allowPlainHttp, @Nullable Integer maxConnections,
		@Nullable Boolean http2, @DefaultValue("16MB") DataSize maxResponseSize, @DefaultValue Ssl ssl,
		@DefaultValue @NestedConfigurationProperty Proxy proxy,
		@DefaultValue @NestedConfigurationProperty Backoff retry,
		@DefaultValue @NestedConfigurationProperty Polling await,
		@DefaultValue @NestedConfigurationProperty WebhookSettings webhook, @DefaultValue Health health,
		@DefaultValue @NestedConfigurationProperty RunsSettings runs) {

	private static final String DEFAULT_BASE_URL = "https://handinger.com";

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

	private static final Duration LONGEST_VISIT_INTERVAL = Duration.ofHours(1);

	private static final Duration LONGEST_AGE = Duration.ofDays(36_500);

	private static final Pattern WEBHOOK_PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");

	private static final int LONGEST_URL = 2048;

	private static final String NAME_OR_IPV6 = "[^\\s/@:${}]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*]?";

	public HandingerProperties {
		apiKey = textOrNull(apiKey);
		check(apiKey == null || isToken(apiKey), "handinger.api-key", Redaction.MASK,
				"it has a space, a line break or another character that can't be part of a key");
		checkResolved("handinger.api-key", apiKey);
		baseUrl = StringUtils.hasText(baseUrl) ? baseUrl : DEFAULT_BASE_URL;
		checkBaseUrl(baseUrl, allowPlainHttp);
		checkDuration("handinger.connect-timeout", connectTimeout);
		checkDuration("handinger.read-timeout", readTimeout);
		checkDuration("handinger.task-timeout", taskTimeout);
		check(maxConnections == null || maxConnections > 0, "handinger.max-connections", maxConnections,
				"it has to be at least 1");
		checkSize("handinger.max-response-size", maxResponseSize);
		checkProxy(proxy.host(), proxy.port(), proxy.username(), proxy.password());
		checkRetry(retry);
		checkRange("handinger.await.initial-interval", await.initialInterval(), "handinger.await.max-interval",
				await.maxInterval());
		checkDuration("handinger.await.not-found-grace", await.notFoundGrace());
		checkWebhook(webhook);
		checkRuns(runs);
	}

	private static void checkRuns(RunsSettings runs) {
		checkDuration("handinger.runs.visit-interval", runs.visitInterval());
		// Runs that are not due within two hours count as ended.
		check(runs.visitInterval().compareTo(LONGEST_VISIT_INTERVAL) <= 0, "handinger.runs.visit-interval",
				runs.visitInterval(), "it has to be at least 1ms and at most 1h");
		checkDuration("handinger.runs.polling-interval", runs.pollingInterval());
		checkAge("handinger.runs.retention", runs.retention());
		check(runs.concurrency() > 0, "handinger.runs.concurrency", runs.concurrency(), "it has to be at least 1");
	}

	private static void checkProxy(@Nullable String host, int port, @Nullable String username,
			@Nullable String password) {
		check(host == null || host.matches(NAME_OR_IPV6), "handinger.proxy.host",
				(host != null) ? BaseUrl.printable(host) : null,
				"it has to be a name or an address alone, such as proxy.example.com: the port goes into "
						+ "handinger.proxy.port, and a user into handinger.proxy.username");
		check(port > 0 && port < 65536, "handinger.proxy.port", port, "it has to be from 1 to 65535");
		check(host == null || username == null || password != null, "handinger.proxy.username", username,
				"it needs handinger.proxy.password");
		check(host == null || password == null || username != null, "handinger.proxy.password", Redaction.MASK,
				"it needs handinger.proxy.username");
	}

	private static void checkRetry(Backoff retry) {
		check(retry.maxAttempts() > 0, "handinger.retry.max-attempts", retry.maxAttempts(), "it has to be at least 1");
		checkRange("handinger.retry.initial-backoff", retry.initialBackoff(), "handinger.retry.max-backoff",
				retry.maxBackoff());
	}

	private static void checkRange(String minName, Duration min, String maxName, Duration max) {
		checkDuration(minName, min);
		checkDuration(maxName, max);
		check(max.compareTo(min) >= 0, maxName, max,
				"it has to be at least " + minName + ", which is " + min.toMillis() + "ms");
	}

	private static void checkWebhook(WebhookSettings webhook) {
		check(WEBHOOK_PATH.matcher(webhook.path()).matches(), "handinger.webhook.path", webhook.path(),
				"it has to start with / and may have letters, digits, '.', '_', '~', '-' and / alone, "
						+ "and none at the end");
		checkTokens(webhook.tokens());
		checkSize("handinger.webhook.max-body-size", webhook.maxBodySize());
		checkDuration("handinger.webhook.timeout", webhook.timeout());
		checkRegistration(webhook.registration().url(), webhook.registration().workerIds());
		checkDuration("handinger.webhook.reconciliation.interval", webhook.reconciliation().interval());
		checkAge("handinger.webhook.reconciliation.max-age", webhook.reconciliation().maxAge());
	}

	private static void checkAge(String name, Duration age) {
		check(age.compareTo(SHORTEST) >= 0 && age.compareTo(LONGEST_AGE) <= 0, name, age,
				"it has to be at least 1ms and at most 36500 days");
	}

	/**
	 * An empty list comes from a blank value.
	 */
	private static void checkTokens(@Nullable List<String> tokens) {
		if (tokens != null) {
			check(!tokens.isEmpty() && tokens.stream().allMatch((token) -> !token.isEmpty() && isToken(token)),
					"handinger.webhook.tokens", Redaction.MASK,
					"one of them is blank, or has a space, a line break or another character that can't be part of "
							+ "a token: without a token, leave the property out");
			tokens.forEach((token) -> checkResolved("handinger.webhook.tokens", token));
		}
	}

	private static void checkRegistration(@Nullable String url, List<String> workerIds) {
		String name = "handinger.webhook.registration.worker-ids";
		workerIds.forEach((workerId) -> check(ApiCall.isId(workerId), name, workerId, "it is not the id of a worker"));
		if (url != null) {
			checkUrl(url);
			check(!workerIds.isEmpty(), name, workerIds,
					"it has to name the workers whose tasks are delivered to handinger.webhook.registration.url");
		}
	}

	private static void checkUrl(String url) {
		String name = "handinger.webhook.registration.url";
		String printable = BaseUrl.printable(url);
		check(url.length() <= LONGEST_URL, name, StringUtils.truncate(printable),
				"it is longer than " + LONGEST_URL + " characters");
		URI uri = BaseUrl.parse(url);
		check(uri != null && uri.isAbsolute() && uri.getHost() != null && uri.getRawUserInfo() == null
				&& uri.getRawFragment() == null, name, printable,
				"it should look like https://example.com/handinger/webhook, without user info or a fragment");
		check(uri.getScheme().equalsIgnoreCase("https")
				|| (uri.getScheme().equalsIgnoreCase("http") && BaseUrl.isLoopback(uri.getHost())), name, printable,
				"it has to be https, or the token would show to the network");
	}

	/**
	 * Return whether a text has only characters that an HTTP header can carry as a token.
	 */
	static boolean isToken(String value) {
		int index = 0;
		while (index < value.length() && value.charAt(index) > ' ' && value.charAt(index) < 0x7f) {
			index++;
		}
		return index == value.length();
	}

	/**
	 * Spring Boot leaves a placeholder in place that it can't resolve.
	 */
	private static void checkResolved(String name, @Nullable String secret) {
		check(secret == null || !secret.contains("${"), name, Redaction.MASK,
				"it has a placeholder that can't be resolved: set what that names, or give it a default");
	}

	private static void checkBaseUrl(String baseUrl, boolean allowPlainHttp) {
		try {
			BaseUrl.of(baseUrl, allowPlainHttp);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("handinger.base-url", BaseUrl.printable(baseUrl),
					ex.getMessage());
		}
	}

	private static void checkDuration(String name, @Nullable Duration duration) {
		check(duration == null || (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0), name,
				duration, "it has to be at least 1ms and at most 24 days");
	}

	private static void checkSize(String name, DataSize size) {
		check(size.toBytes() > 0 && size.toBytes() <= Integer.MAX_VALUE - 8, name, size,
				"it has to be at least 1B and less than 2048MB");
	}

	private static @Nullable String textOrNull(@Nullable String value) {
		return StringUtils.hasText(value) ? value : null;
	}

	private static void check(boolean valid, String name, @Nullable Object value, String reason) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException(name, value, reason);
		}
	}

	@Override
	public String toString() {
		return "HandingerProperties[apiKey=" + ((this.apiKey != null) ? Redaction.MASK : null) + ", baseUrl="
				+ this.baseUrl + "]";
	}

	/**
	 * Settings for TLS.
	 *
	 * @param bundle Name of the SSL bundle for connections to Handinger. By default, the
	 * JVM's trust store is used.
	 */
	public record Ssl(@Nullable String bundle) {

		public Ssl {
			bundle = textOrNull(bundle);
		}

	}

	/**
	 * Settings for the health check.
	 *
	 * @param cacheTime How long the result of a health check is cached. A plain number is
	 * in milliseconds.
	 */
	public record Health(@DefaultValue("30s") Duration cacheTime) {

		public Health {
			checkDuration("handinger.health.cache-time", cacheTime);
		}

	}

}
