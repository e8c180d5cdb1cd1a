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

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The pages of attempts to deliver to a webhook, as one subscriber goes through them. The
 * next is known to exist when the one before has been read.
 */
final class WebhookExecutionPages implements Iterator<Publisher<WebhookExecution>> {

	/**
	 * A server that always has another page must not keep a subscriber for ever.
	 */
	static final int MAX_PAGES = 200;

	/**
	 * Many deliveries that are attempted at once may push a whole page onto the next, and
	 * a server that does not know pages gives the same one for ever.
	 */
	private static final int MOST_REPEATED = 3;

	private final IntFunction<Mono<WebhookExecutionList>> reader;

	private volatile int next = 1;

	private volatile boolean last;

	private volatile int repeated;

	private volatile Set<String> idsBefore = Set.of();

	private WebhookExecutionPages(IntFunction<Mono<WebhookExecutionList>> reader) {
		this.reader = reader;
	}

	/**
	 * Return all attempts. A page is read when there is demand for what is on it.
	 * @param reader reads the page of a number, from 1
	 */
	static Flux<WebhookExecution> all(IntFunction<Mono<WebhookExecutionList>> reader) {
		Iterable<Publisher<WebhookExecution>> pages = () -> new WebhookExecutionPages(reader);
		return Flux.concat(pages);
	}

	@Override
	public boolean hasNext() {
		return !this.last && this.next <= MAX_PAGES;
	}

	@Override
	public Publisher<WebhookExecution> next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		int page = this.next;
		this.next = page + 1;
		Sinks.Empty<Void> demand = Sinks.empty();
		return this.reader.apply(page)
			.delaySubscription(demand.asMono())
			.flatMapIterable((list) -> unseen(page, list))
			.doOnRequest((count) -> demand.tryEmitEmpty());
	}

	/**
	 * Return what is new on a page. A delivery that is attempted meanwhile pushes what
	 * was on the page before onto this one, and a server may not know pages at all.
	 */
	private List<WebhookExecution> unseen(int page, WebhookExecutionList list) {
		Set<String> idsBefore = this.idsBefore;
		List<WebhookExecution> unseen = list.logs()
			.stream()
			.filter((execution) -> !idsBefore.contains(execution.id()))
			.toList();
		this.idsBefore = list.logs().stream().map(WebhookExecution::id).collect(Collectors.toSet());
		this.repeated = unseen.isEmpty() ? this.repeated + 1 : 0;
		Boolean isLast = list.isLast(page);
		this.last = list.logs().isEmpty()
				|| ((isLast != null) ? isLast || this.repeated >= MOST_REPEATED : unseen.isEmpty());
		return unseen;
	}

}
