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

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Pages of webhook executions, read by one subscriber. Whether there is a next page is
 * known once the previous one has been read.
 */
final class WebhookExecutionPages implements Iterator<Publisher<WebhookExecution>> {

	/**
	 * Limits a server that always reports another page.
	 */
	private static final int MAX_PAGES = 200;

	/**
	 * Number of pages in a row without a new execution after which reading stops. Many
	 * simultaneous deliveries can push a whole page onto the next, while a server without
	 * paging returns the same page forever.
	 */
	private static final int MAX_REPEATED = 3;

	private final IntFunction<Mono<Page>> reader;

	private final Set<String> ids = new HashSet<>();

	private volatile int next = 1;

	private volatile boolean last;

	private volatile int repeated;

	private WebhookExecutionPages(IntFunction<Mono<Page>> reader) {
		this.reader = reader;
	}

	/**
	 * Return all executions. A page is read once there is demand for its elements.
	 * @param reader reads the page with a number, starting at 1
	 */
	static Flux<WebhookExecution> all(IntFunction<Mono<Page>> reader) {
		Iterable<Publisher<WebhookExecution>> pages = () -> new WebhookExecutionPages(reader);
		return Flux.concat(pages);
	}

	@Override
	public boolean hasNext() {
		return !this.last && this.next <= MAX_PAGES;
	}

	@Override
	public Publisher<WebhookExecution> next() {
		int number = this.next;
		this.next = number + 1;
		Sinks.Empty<Void> demand = Sinks.empty();
		return this.reader.apply(number)
			.delaySubscription(demand.asMono())
			.flatMapIterable((page) -> unseen(number, page))
			.doOnRequest((count) -> demand.tryEmitEmpty());
	}

	/**
	 * Return the executions that were not returned yet. A delivery that is attempted
	 * meanwhile pushes the previous page's last execution onto this page.
	 */
	private List<WebhookExecution> unseen(int number, Page page) {
		List<WebhookExecution> unseen = page.logs()
			.stream()
			.filter((execution) -> this.ids.add(execution.id()))
			.toList();
		this.repeated = unseen.isEmpty() ? this.repeated + 1 : 0;
		boolean isEnd = (page.pageCount() != null) ? number >= page.pageCount() || this.repeated >= MAX_REPEATED
				: unseen.isEmpty();
		this.last = isEnd || page.logs().isEmpty();
		return unseen;
	}

	/**
	 * A page of webhook executions.
	 *
	 * @param logs the executions
	 * @param pageCount the number of pages, or {@code null} if the API does not tell
	 */
	record Page(@JsonProperty(required = true) List<WebhookExecution> logs, @Nullable Long pageCount) {

		Page {
			logs = ImmutableJson.list(logs);
		}

	}

}
