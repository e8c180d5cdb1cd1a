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
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.task.Polling;
import com.handinger.spring.webhook.WebhookSettings;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties for Handinger.
 * <p>
 * {@link #toString()} leaves out the API key and the password of the proxy.
 *
 * @param apiKey API key of the organization whose workers run the tasks. There is none by
 * default, and a client needs one.
 * @param baseUrl URL below which the API is found. It has to be https, unless it names
 * this machine or plain http is allowed.
 * @param connectTimeout How long to wait for a connection. A plain number is in
 * milliseconds.
 * @param readTimeout How long the answer to a call may stay silent, for every call but
 * those that wait for a task. A plain number is in milliseconds.
 * @param taskTimeout How long the answer to a call that waits for a task may stay silent.
 * A plain number is in milliseconds. There is no limit by default.
 * @param allowPlainHttp Whether the API key may be sent to another machine over plain
 * http.
 * @param maxConnections Number of connections that may wait for tasks at the same time.
 * What is beyond that waits for one of them, without a limit of time. There is no limit
 * by default.
 * @param http2 Whether to speak HTTP/2, so that many tasks share a connection. By default
 * it is offered over TLS, where HTTP/1.1 is spoken if the server prefers that, and not
 * spoken over plain HTTP. Needs Reactor Netty.
 * @param maxResponseSize Size of the largest answer that is read. A plain number is in
 * bytes.
 * @param ssl Settings for TLS.
 * @param proxy Proxy to connect through.
 * @param retry Settings for calls that are made again.
 * @param await Settings for the look-ups of tasks that run.
 * @param webhook Settings for what Handinger sends when a task is finished.
 * @param health Settings for the health of Handinger.
 */
@ConfigurationProperties("handinger")
public record HandingerProperties(@Nullable String apiKey, @DefaultValue(DEFAULT_BASE_URL) String baseUrl,
		@DefaultValue("10s") Duration connectTimeout, @DefaultValue("60s") Duration readTimeout,
		@Nullable Duration taskTimeout, @DefaultValue("false") boolean allowPlainHttp, @Nullable Integer maxConnections,
		@Nullable Boolean http2, @DefaultValue("16MB") DataSize maxResponseSize, @DefaultValue Ssl ssl,
		@DefaultValue Proxy proxy, @DefaultValue Retry retry, @DefaultValue Await await, @DefaultValue Webhook webhook,
		@DefaultValue Health health) {

	private static final String DEFAULT_BASE_URL = "https://handinger.com";

	private static final String UNRESOLVED = "it has a placeholder that can't be resolved: set what that names, or "
			+ "give it a default";

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

	private static final Duration LONGEST_AGE = Duration.ofDays(36_500);

	public HandingerProperties {
		apiKey = textOrNull(apiKey);
		checkApiKey(apiKey);
		baseUrl = StringUtils.hasText(baseUrl) ? baseUrl : DEFAULT_BASE_URL;
		checkBaseUrl(baseUrl, allowPlainHttp);
		checkDuration("handinger.connect-timeout", connectTimeout);
		checkDuration("handinger.read-timeout", readTimeout);
		checkDuration("handinger.task-timeout", taskTimeout);
		check(maxConnections == null || maxConnections > 0, "handinger.max-connections", maxConnections,
				"it has to be at least 1");
		checkSize("handinger.max-response-size", maxResponseSize);
	}

	private static void checkApiKey(@Nullable String apiKey) {
		check(apiKey == null || isToken(apiKey), "handinger.api-key", SecretProperties.MASK,
				"it has a space, a line break or another character that can't be part of a key");
		check(apiKey == null || isResolved(apiKey), "handinger.api-key", SecretProperties.MASK, UNRESOLVED);
	}

	/**
	 * Return whether a text has only characters that an HTTP header can carry as a token.
	 */
	static boolean isToken(String value) {
		return value.chars().allMatch((character) -> character > ' ' && character < 0x7f);
	}

	/**
	 * Boot leaves a placeholder alone that it can't resolve.
	 */
	private static boolean isResolved(String value) {
		return !value.contains("${");
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
		return "HandingerProperties[apiKey=" + ((this.apiKey != null) ? SecretProperties.MASK : null) + ", baseUrl="
				+ this.baseUrl + ", connectTimeout=" + this.connectTimeout + ", readTimeout=" + this.readTimeout
				+ ", taskTimeout=" + this.taskTimeout + ", allowPlainHttp=" + this.allowPlainHttp + ", maxConnections="
				+ this.maxConnections + ", http2=" + this.http2 + ", maxResponseSize=" + this.maxResponseSize + ", ssl="
				+ this.ssl + ", proxy=" + this.proxy + ", retry=" + this.retry + ", await=" + this.await + ", webhook="
				+ this.webhook + ", health=" + this.health + "]";
	}

	/**
	 * Settings for TLS.
	 *
	 * @param bundle Name of the SSL bundle to connect with. There is none by default, and
	 * the certificates count that Java trusts.
	 */
	public record Ssl(@Nullable String bundle) {

		public Ssl {
			bundle = textOrNull(bundle);
		}

	}

	/**
	 * Proxy to connect through.
	 *
	 * @param host Host of the HTTP proxy. There is none by default. Needs Reactor Netty
	 * or the JDK's HTTP client.
	 * @param port Port of the HTTP proxy.
	 * @param username Name of the user at the proxy. There is none by default. Needs
	 * Reactor Netty.
	 * @param password Password of the user at the proxy. There is none by default. Needs
	 * Reactor Netty.
	 */
	public record Proxy(@Nullable String host, @DefaultValue("8080") int port, @Nullable String username,
			@Nullable String password) {

		private static final Pattern NAME_OR_IPV6 = Pattern
			.compile("[^\\s/@:${}]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*]?");

		public Proxy {
			host = textOrNull(host);
			username = textOrNull(username);
			password = textOrNull(password);
			checkHost(host);
			check(port > 0 && port < 65536, "handinger.proxy.port", port, "it has to be from 1 to 65535");
			check(host == null || username == null || password != null, "handinger.proxy.username", username,
					"it needs handinger.proxy.password");
			check(host == null || password == null || username != null, "handinger.proxy.password",
					SecretProperties.MASK, "it needs handinger.proxy.username");
		}

		private static void checkHost(@Nullable String host) {
			if (host != null) {
				check(NAME_OR_IPV6.matcher(host).matches(), "handinger.proxy.host", BaseUrl.printable(host),
						"it has to be a name or an address alone, such as proxy.example.com: the port goes into "
								+ "handinger.proxy.port, and a user into handinger.proxy.username");
			}
		}

		@Override
		public String toString() {
			return "Proxy[host=" + this.host + ", port=" + this.port + ", username=" + this.username + "]";
		}

	}

	/**
	 * Settings for calls that are made again.
	 *
	 * @param maxAttempts Number of times that a call is made in all. A call that creates
	 * or runs something is only made again if the request never reached Handinger or was
	 * rejected because there were too many. The look-ups of a task that runs know no
	 * limit.
	 * @param initialBackoff Wait before the second attempt. It doubles with each further
	 * one. A plain number is in milliseconds.
	 * @param maxBackoff Longest wait. If the server asks for a longer one, the call fails
	 * at once, unless it runs a task to its end, which waits. A plain number is in
	 * milliseconds.
	 */
	public record Retry(@DefaultValue("3") int maxAttempts, @DefaultValue("500ms") Duration initialBackoff,
			@DefaultValue("8s") Duration maxBackoff) {

		public Retry {
			check(maxAttempts > 0, "handinger.retry.max-attempts", maxAttempts, "it has to be at least 1");
			checkDuration("handinger.retry.initial-backoff", initialBackoff);
			checkDuration("handinger.retry.max-backoff", maxBackoff);
			check(maxBackoff.compareTo(initialBackoff) >= 0, "handinger.retry.max-backoff", maxBackoff,
					"it has to be at least handinger.retry.initial-backoff, which is " + initialBackoff.toMillis()
							+ "ms");
		}

		Backoff toPolicy() {
			return new Backoff(this.maxAttempts, this.initialBackoff, this.maxBackoff);
		}

	}

	/**
	 * Settings for the look-ups of tasks that run.
	 *
	 * @param initialInterval Time from the request that runs a task to the first look-up.
	 * It doubles with each further one. A plain number is in milliseconds.
	 * @param maxInterval Longest time between two look-ups, unless the server asks for a
	 * longer one. A plain number is in milliseconds.
	 * @param notFoundGrace How long a task may leave no trace after its connection was
	 * lost, before its outcome counts as unknown. A plain number is in milliseconds.
	 */
	public record Await(@DefaultValue("2s") Duration initialInterval, @DefaultValue("30s") Duration maxInterval,
			@DefaultValue("60s") Duration notFoundGrace) {

		public Await {
			checkDuration("handinger.await.initial-interval", initialInterval);
			checkDuration("handinger.await.max-interval", maxInterval);
			checkDuration("handinger.await.not-found-grace", notFoundGrace);
			check(maxInterval.compareTo(initialInterval) >= 0, "handinger.await.max-interval", maxInterval,
					"it has to be at least handinger.await.initial-interval, which is " + initialInterval.toMillis()
							+ "ms");
		}

		Polling toPolling() {
			return new Polling(this.initialInterval, this.maxInterval, this.notFoundGrace, Schedulers.parallel());
		}

	}

	/**
	 * Settings for the health of Handinger.
	 *
	 * @param cacheTime How long an answer of Handinger's counts. It is asked at most that
	 * often. A plain number is in milliseconds.
	 */
	public record Health(@DefaultValue("30s") Duration cacheTime) {

		public Health {
			checkDuration("handinger.health.cache-time", cacheTime);
		}

	}

	/**
	 * Settings for what Handinger sends when a task is finished.
	 *
	 * @param enabled Whether there is a webhook. Without a token there is none either.
	 * @param path Path of the webhook, below that of the application.
	 * @param tokens Tokens that open the webhook, as Handinger shows them. Several are
	 * valid at once, so that one can be replaced without a gap. There are none by default
	 * but those of the webhooks that are registered.
	 * @param maxBodySize Size of the largest delivery that is read. A plain number is in
	 * bytes.
	 * @param timeout By when a delivery is answered. What has begun goes on after that. A
	 * plain number is in milliseconds.
	 * @param filterOrder Order of the webhook among the filters of the application. By
	 * default it comes before Spring Security.
	 * @param registration Settings for telling Handinger where to deliver.
	 * @param reconciliation Settings for finding deliveries that were missed.
	 */
	public record Webhook(@DefaultValue("true") boolean enabled, @DefaultValue("/handinger/webhook") String path,
			@Nullable List<String> tokens, @DefaultValue("1MB") DataSize maxBodySize,
			@DefaultValue("10s") Duration timeout, @DefaultValue("-2147483548") int filterOrder,
			@DefaultValue Registration registration, @DefaultValue Reconciliation reconciliation) {

		private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");

		public Webhook {
			check(PATH.matcher(path).matches(), "handinger.webhook.path", path,
					"it has to start with / and may have letters, digits, '.', '_', '~', '-' and / alone, "
							+ "and none at the end");
			checkTokens(tokens);
			tokens = (tokens != null) ? List.copyOf(tokens) : List.of();
			checkSize("handinger.webhook.max-body-size", maxBodySize);
			checkDuration("handinger.webhook.timeout", timeout);
		}

		/**
		 * A list that is there and empty comes from a blank text.
		 */
		private static void checkTokens(@Nullable List<String> tokens) {
			if (tokens != null) {
				boolean valid = !tokens.isEmpty()
						&& tokens.stream().allMatch((token) -> StringUtils.hasText(token) && isToken(token));
				check(valid, "handinger.webhook.tokens", SecretProperties.MASK,
						"one of them is blank, or has a space, a line break or another character that can't be part of "
								+ "a token: without a token, leave the property out");
				check(tokens.stream().allMatch(HandingerProperties::isResolved), "handinger.webhook.tokens",
						SecretProperties.MASK, UNRESOLVED);
			}
		}

		@Override
		public List<String> tokens() {
			return (this.tokens != null) ? this.tokens : List.of();
		}

		/**
		 * Whether there is a webhook is no condition of beans, since what is compiled
		 * ahead of time would keep it.
		 */
		WebhookSettings toSettings(Supplier<List<String>> tokens) {
			String url = this.enabled ? this.registration.url() : null;
			boolean reconciles = (this.reconciliation.enabled() != null) ? this.reconciliation.enabled() : url != null;
			return toSettings(this.enabled, this.enabled ? tokens : List::of, url, this.enabled && reconciles);
		}

		/**
		 * Return what is in force in an application without a web server: nothing but
		 * reconciliation, if it is asked for. The URL then only tells which deliveries
		 * are those of the application.
		 */
		WebhookSettings toSettingsWithoutServer() {
			String url = this.enabled ? this.registration.url() : null;
			boolean reconciles = this.enabled && Boolean.TRUE.equals(this.reconciliation.enabled());
			if (url != null && !reconciles) {
				throw InvalidPropertyBindHandler.failure("handinger.webhook.registration.url", BaseUrl.printable(url),
						null,
						"this application has no web server, so it can't receive webhook deliveries. Add one, such as "
								+ "spring-boot-starter-webmvc or spring-boot-starter-webflux, or leave the URL out. To "
								+ "only recover missed deliveries, set handinger.webhook.reconciliation.enabled=true; in "
								+ "a test, set handinger.webhook.enabled=false");
			}
			return toSettings(false, List::of, url, reconciles);
		}

		private WebhookSettings toSettings(boolean enabled, Supplier<List<String>> tokens, @Nullable String url,
				boolean reconciles) {
			return new WebhookSettings(enabled, this.path, tokens, (int) this.maxBodySize.toBytes(), this.timeout,
					this.filterOrder,
					new WebhookSettings.Registration(url, this.registration.workerIds(), this.registration.overwrite()),
					new WebhookSettings.Reconciliation(reconciles, this.reconciliation.interval(),
							this.reconciliation.maxAge()));
		}

		@Override
		public String toString() {
			return "Webhook[enabled=" + this.enabled + ", path=" + this.path + ", tokens=" + tokens().size()
					+ ", maxBodySize=" + this.maxBodySize + ", timeout=" + this.timeout + ", filterOrder="
					+ this.filterOrder + ", registration=" + this.registration + ", reconciliation="
					+ this.reconciliation + "]";
		}

		/**
		 * Settings for telling Handinger where to deliver.
		 *
		 * @param url Public URL of the webhook. It has to be https, unless it names this
		 * machine. If it is set, the webhook of each worker is set when the web server
		 * listens. There is none by default.
		 * @param workerIds Workers whose finished tasks are delivered. There are none by
		 * default, and the URL needs at least one.
		 * @param overwrite Whether another URL may be replaced that is set for a worker.
		 */
		public record Registration(@Nullable String url, @DefaultValue List<String> workerIds,
				@DefaultValue("false") boolean overwrite) {

			private static final int LONGEST_URL = 2048;

			public Registration {
				url = textOrNull(url);
				workerIds = List.copyOf(workerIds);
				checkUrl(url);
				workerIds.forEach((workerId) -> check(isId(workerId), "handinger.webhook.registration.worker-ids",
						workerId, "it is no id of a worker"));
				check(url == null || !workerIds.isEmpty(), "handinger.webhook.registration.worker-ids", workerIds,
						"it has to name the workers whose tasks are delivered to "
								+ "handinger.webhook.registration.url");
			}

			private static void checkUrl(@Nullable String url) {
				if (url == null) {
					return;
				}
				String name = "handinger.webhook.registration.url";
				check(url.length() <= LONGEST_URL, name,
						BaseUrl.printable(url.substring(0, Math.min(url.length(), LONGEST_URL / 32))),
						"it is longer than " + LONGEST_URL + " characters");
				URI uri = toUri(url);
				check(uri != null && uri.getHost() != null && uri.getRawUserInfo() == null
						&& uri.getRawFragment() == null, name, BaseUrl.printable(url),
						"it should look like https://example.com/handinger/webhook, without user info or a fragment");
				check(uri.getScheme().equalsIgnoreCase("https")
						|| (uri.getScheme().equalsIgnoreCase("http") && BaseUrl.isLoopback(uri.getHost())), name,
						BaseUrl.printable(url), "it has to be https, or the token would show to the network");
			}

			private static @Nullable URI toUri(String url) {
				try {
					return new URI(url);
				}
				catch (URISyntaxException ex) {
					return null;
				}
			}

			private static boolean isId(String workerId) {
				try {
					ApiCall.checkId(workerId, "workerId");
					return true;
				}
				catch (IllegalArgumentException ex) {
					return false;
				}
			}

			@Override
			public String toString() {
				return "Registration[url=" + ((this.url != null) ? BaseUrl.printable(this.url) : null) + ", workerIds="
						+ this.workerIds + ", overwrite=" + this.overwrite + "]";
			}

		}

		/**
		 * Settings for finding deliveries that were missed.
		 *
		 * @param enabled Whether Handinger's list of executions is read for deliveries
		 * that have failed. By default it is if the webhook is registered.
		 * @param interval Time between two passes over the list. A plain number is in
		 * milliseconds.
		 * @param maxAge Age beyond which a delivery is given up. A plain number is in
		 * milliseconds.
		 */
		public record Reconciliation(@Nullable Boolean enabled, @DefaultValue("1m") Duration interval,
				@DefaultValue("24h") Duration maxAge) {

			public Reconciliation {
				checkDuration("handinger.webhook.reconciliation.interval", interval);
				check(maxAge.compareTo(SHORTEST) >= 0 && maxAge.compareTo(LONGEST_AGE) <= 0,
						"handinger.webhook.reconciliation.max-age", maxAge,
						"it has to be at least 1ms and at most 36500 days");
			}

		}

	}

}
