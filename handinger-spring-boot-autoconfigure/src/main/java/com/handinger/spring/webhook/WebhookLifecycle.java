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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.handinger.spring.transport.BaseUrl;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.StringUtils;

/**
 * Starts the registration when a web server is listening, and the reconciliation when the
 * application is ready as well, and lets deliveries finish before the server stops.
 * Without a server that is listening, as in most tests, nothing is sent. For internal use
 * only.
 */
public final class WebhookLifecycle implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(WebhookLifecycle.class);

	/**
	 * After Boot's web server has started. At shutdown, after the server has stopped to
	 * accept requests and before it is gone.
	 */
	private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1536;

	private final WebhookSettings settings;

	private final WebhookTokens tokens;

	private final Supplier<WebhookRuntime> runtime;

	private final Supplier<@Nullable String> pathPrefix;

	private final ApplicationContext context;

	private volatile boolean listening;

	private volatile boolean ready;

	private volatile @Nullable WebhookRuntime started;

	/**
	 * Create a new lifecycle.
	 * @param settings the settings
	 * @param tokens returns the configured tokens, and is asked for each request
	 * @param runtime returns the webhook, if it is used
	 * @param pathPrefix returns the path that the server and Spring put before all paths
	 * of a web application
	 * @param context the context of the application
	 */
	public WebhookLifecycle(WebhookSettings settings, Supplier<List<String>> tokens, Supplier<WebhookRuntime> runtime,
			Supplier<@Nullable String> pathPrefix, ApplicationContext context) {
		this.settings = settings;
		this.tokens = new WebhookTokens(settings.enabled() ? tokens : List::of, settings.toRegister().url() != null);
		this.runtime = runtime;
		this.pathPrefix = pathPrefix;
		this.context = context;
	}

	WebhookSettings settings() {
		return this.settings;
	}

	WebhookTokens tokens() {
		return this.tokens;
	}

	ApplicationContext context() {
		return this.context;
	}

	/**
	 * Return the controller, or {@code null} if there is no token, and so no webhook.
	 */
	@Nullable WebhookController controller() {
		return this.tokens.areExpected() ? this.runtime.get().controller() : null;
	}

	@Override
	public void start() {
		if (this.tokens.areExpected() || this.settings.reconciliation().isEnabled()) {
			WebhookRuntime runtime = this.runtime.get();
			runtime.start();
			this.started = runtime;
			begin();
		}
		else if (this.settings.enabled() && new TaskFinishedListeners(this.context).exist()) {
			logger.warn("There is no webhook at " + this.settings.path() + ", because there is no token. Set "
					+ "handinger.webhook.tokens to the token that Handinger shows for the webhook of a worker, or "
					+ "handinger.webhook.registration.url and .worker-ids to register it, or "
					+ "handinger.webhook.enabled=false if you need no webhook");
		}
	}

	/**
	 * A web server is listening on a port, or the application is deployed to one.
	 */
	public void listen() {
		if (!this.listening) {
			this.listening = true;
			checkUrl();
		}
		begin();
	}

	/**
	 * A delivery to another path would be rejected, and recovered only later.
	 */
	private void checkUrl() {
		String url = this.settings.toRegister().url();
		String prefix = this.pathPrefix.get();
		if (url != null && prefix != null && !leadsTo(url, prefix, this.settings.path())) {
			logger.warn("The path of handinger.webhook.registration.url is " + BaseUrl.printable(path(url))
					+ ", which does not end in the path of the webhook, " + prefix + this.settings.path()
					+ ": unless a proxy rewrites the path, webhook deliveries will be rejected");
		}
	}

	/**
	 * Return whether the path of a URL ends in that of the webhook. A proxy may have
	 * added a prefix, and the part before {@code handinger.webhook.path} may be encoded
	 * or not.
	 * @param url the URL
	 * @param prefix the path before all paths of the application
	 * @param path the path of the webhook below that
	 */
	static boolean leadsTo(String url, String prefix, String path) {
		String urlPath = path(url);
		return urlPath.endsWith(path)
				&& decode(urlPath.substring(0, urlPath.length() - path.length())).endsWith(decode(prefix));
	}

	private static String path(String url) {
		String path = URI.create(url).getRawPath();
		return path.isEmpty() ? "/" : path;
	}

	private static String decode(String path) {
		try {
			return StringUtils.uriDecode(path, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return path;
		}
	}

	/**
	 * A child context publishes its events here, too.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.ready = true;
			begin();
		}
	}

	/**
	 * Begin what may begin, in whatever order the events arrive. Reconciliation alone
	 * needs no server.
	 */
	private void begin() {
		WebhookRuntime runtime = this.started;
		if (runtime != null && this.listening) {
			runtime.register();
		}
		if (runtime != null && this.ready && (this.listening || !this.settings.enabled())) {
			runtime.reconcile();
		}
	}

	@Override
	public void stop(Runnable callback) {
		Optional<WebhookRuntime> runtime = Optional.ofNullable(this.started);
		this.started = null;
		runtime.ifPresentOrElse((it) -> it.stop(callback), callback);
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public boolean isRunning() {
		return this.started != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Return the path at which deliveries arrive, with the path that the server and
	 * Spring put before it.
	 * @return the path, not encoded, or {@code null} if the application has no web server
	 * or no listener, or the webhook is disabled
	 */
	public @Nullable String path() {
		String prefix = this.pathPrefix.get();
		return (prefix != null && this.settings.enabled() && new TaskFinishedListeners(this.context).exist())
				? prefix + this.settings.path() : null;
	}

	/**
	 * Return the workers whose webhook is registered here, each with {@code registered}
	 * or the reason why it is not.
	 * @return the states by worker, which are none if no webhook is to be registered
	 */
	public Map<String, String> states() {
		boolean used = this.settings.toRegister().url() != null || this.settings.reconciliation().isEnabled();
		return used ? this.runtime.get().states() : Map.of();
	}

}
