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

package com.handinger.spring.netty;

import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Admits calls up to a limit, which may change. The others wait in their order, without a
 * time limit.
 *
 * @param <C> the type of the calls
 */
final class CallQueue<C> {

	private final IntSupplier limit;

	private final Consumer<C> admit;

	private final BiConsumer<C, Throwable> reject;

	private final Predicate<C> isPending;

	private final Set<C> waiting = new LinkedHashSet<>();

	private final Set<C> admitted = new HashSet<>();

	private final AtomicInteger rounds = new AtomicInteger();

	/**
	 * Create a new queue.
	 * @param limit returns the maximum number of admitted calls
	 * @param admit lets a call go on; it must not fail
	 * @param reject fails a call, unless it has gone on already; it must not fail
	 * @param isPending whether an admitted call counts as one that waits
	 */
	CallQueue(IntSupplier limit, Consumer<C> admit, BiConsumer<C, Throwable> reject, Predicate<C> isPending) {
		this.limit = limit;
		this.admit = admit;
		this.reject = reject;
		this.isPending = isPending;
	}

	void add(C call) {
		synchronized (this) {
			this.waiting.add(call);
		}
		admitNext();
	}

	/**
	 * Remove a call, and admit the next one.
	 */
	void leave(C call) {
		synchronized (this) {
			this.waiting.remove(call);
			this.admitted.remove(call);
		}
		admitNext();
	}

	synchronized boolean isAdmitted(C call) {
		return this.admitted.contains(call);
	}

	/**
	 * Remove a call, unless it is admitted.
	 * @return whether it is admitted
	 */
	synchronized boolean cancel(C call) {
		this.waiting.remove(call);
		return this.admitted.contains(call);
	}

	/**
	 * Remove the calls that are not admitted.
	 */
	synchronized List<C> takeWaiting() {
		List<C> taken = List.copyOf(this.waiting);
		this.waiting.clear();
		return taken;
	}

	/**
	 * Reject all calls. Those that are admitted still have to leave.
	 */
	void rejectAll(Throwable failure) {
		List<C> all;
		synchronized (this) {
			all = Stream.of(takeWaiting(), this.admitted).flatMap(Collection::stream).toList();
		}
		all.forEach((call) -> this.reject.accept(call, failure));
	}

	synchronized int size() {
		return this.waiting.size() + (int) this.admitted.stream().filter(this.isPending).count();
	}

	/**
	 * A loop, since a call may leave at once and let the next one in.
	 */
	private void admitNext() {
		if (this.rounds.getAndIncrement() != 0) {
			return;
		}
		do {
			for (C next = next(); next != null; next = next()) {
				this.admit.accept(next);
			}
		}
		while (this.rounds.decrementAndGet() != 0);
	}

	private synchronized @Nullable C next() {
		Iterator<C> waiting = this.waiting.iterator();
		if (this.admitted.size() >= this.limit.getAsInt() || !waiting.hasNext()) {
			return null;
		}
		C next = waiting.next();
		waiting.remove();
		this.admitted.add(next);
		return next;
	}

}
