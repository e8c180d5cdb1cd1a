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

import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the registration when a web server listens, and the reconciliation when the
 * application is ready as well, and lets deliveries finish before the server stops.
 * Without a server that listens, as in most tests, nothing is sent.
 */
final class WebhookLifecycle implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private static final Log logger = LogFactory.getLog(WebhookLifecycle.class);

	/**
	 * After Boot's web server has started. When it stops, after it takes no more requests
	 * and before it is gone.
	 */
	private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1536;

	private final WebhookSettings settings;

	private final WebhookTokens tokens;

	private final Supplier<WebhookRuntime> parts;

	private final Supplier<@Nullable PathPrefix> pathPrefix;

	private final ApplicationContext context;

	private volatile boolean running;

	private volatile boolean listening;

	private volatile boolean ready;

	private volatile @Nullable WebhookRuntime started;

	/**
	 * Create a new lifecycle.
	 * @param settings what the application has set
	 * @param tokens the tokens that open the webhook
	 * @param parts gives what the webhook consists of, if it is needed
	 * @param pathPrefix gives what is before all paths of a web application
	 * @param context the context of the application
	 */
	WebhookLifecycle(WebhookSettings settings, WebhookTokens tokens, Supplier<WebhookRuntime> parts,
			Supplier<@Nullable PathPrefix> pathPrefix, ApplicationContext context) {
		this.settings = settings;
		this.tokens = tokens;
		this.parts = parts;
		this.pathPrefix = pathPrefix;
		this.context = context;
	}

	private boolean isUsed() {
		return this.tokens.areExpected() || this.settings.reconciliation().enabled();
	}

	@Override
	public void start() {
		this.running = true;
		if (isUsed()) {
			WebhookRuntime parts = this.parts.get();
			parts.start();
			this.started = parts;
			begin();
		}
		else if (this.settings.enabled() && new TaskFinishedListeners(this.context).exist()) {
			logger.warn("There is no webhook at " + this.settings.path()
					+ ", since no token opens it: set handinger.webhook.tokens to the token that Handinger shows for the "
					+ "webhook of a worker, or handinger.webhook.registration.url and .worker-ids to have it registered, "
					+ "or handinger.webhook.enabled=false if none is wanted");
		}
	}

	/**
	 * A web server listens on a port, or the application is deployed to one.
	 */
	void listen() {
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
		PathPrefix pathPrefix = this.pathPrefix.get();
		if (url == null || pathPrefix == null) {
			return;
		}
		PublicPath publicPath = PublicPath.of(url);
		String prefix = pathPrefix.value();
		if (!publicPath.endsIn(prefix, this.settings.path())) {
			logger.warn("The path of handinger.webhook.registration.url is " + publicPath.printable()
					+ ", which does not end in the path of the webhook, " + prefix + this.settings.path()
					+ ": unless a proxy rewrites the path, webhook deliveries will be rejected");
		}
	}

	/**
	 * Missed deliveries are recovered when the application is ready for them. A child
	 * context publishes its events here, too.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.ready = true;
			begin();
		}
	}

	/**
	 * Begin what may begin, in whatever order the events come. Reconciliation alone needs
	 * no server.
	 */
	private void begin() {
		WebhookRuntime parts = this.started;
		if (parts == null) {
			return;
		}
		if (this.listening) {
			parts.register();
		}
		if (this.ready && (this.listening || !this.settings.enabled())) {
			parts.reconcile();
		}
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		WebhookRuntime parts = this.started;
		this.started = null;
		if (parts != null) {
			parts.stop(callback);
		}
		else {
			callback.run();
		}
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
