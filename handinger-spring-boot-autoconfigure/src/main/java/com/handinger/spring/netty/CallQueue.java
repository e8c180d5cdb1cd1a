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

import com.handinger.spring.transport.SafeLog;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Admits calls up to a limit, which may change. The others wait in their order, without a
 * time limit.
 *
 * @param <C> the type of the calls
 */
final class CallQueue<C> {

	private static final SafeLog logger = SafeLog.of(CallQueue.class);

	private final IntSupplier limit;

	private final Consumer<C> admit;

	private final BiConsumer<C, Throwable> reject;

	private final Predicate<C> isPending;

	private final Set<C> waiting = new LinkedHashSet<>();

	private final Set<C> admitted = new HashSet<>();

	private final AtomicInteger rounds = new AtomicInteger();

	private volatile @Nullable Throwable end;

	/**
	 * Create a new queue.
	 * @param limit returns the maximum number of admitted calls
	 * @param admit lets a call go on; one that it fails for is rejected
	 * @param reject fails a call, unless it has gone on already
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
		// Only now: the end may come at the same time.
		Throwable end = this.end;
		if (end != null) {
			rejectAll(end);
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
	 * Remove the calls that are not admitted, and let them go on in another way.
	 */
	void releaseWaiting(Consumer<C> admit) {
		takeWaiting().forEach((call) -> apart(call, admit));
	}

	private synchronized List<C> takeWaiting() {
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
		all.forEach((call) -> apart(call, (rejected) -> this.reject.accept(rejected, failure)));
	}

	/**
	 * Reject all calls, and those that are added later.
	 */
	void close(Throwable failure) {
		this.end = failure;
		rejectAll(failure);
	}

	synchronized int size() {
		return this.waiting.size() + (int) this.admitted.stream().filter(this.isPending).count();
	}

	/**
	 * Let a call go on or fail. This may run code of the application, whose failure must
	 * not affect the other calls.
	 */
	private void apart(C call, Consumer<C> action) {
		try {
			action.accept(call);
		}
		catch (Throwable ex) {
			logger.warn("The application failed when a call went on or was rejected", ex);
		}
	}

	/**
	 * A loop, since a call may leave at once and let the next one in. A failure of one
	 * call must not fail the next ones, and is thrown to the caller at the end.
	 */
	private void admitNext() {
		if (this.rounds.getAndIncrement() != 0) {
			return;
		}
		Throwable thrown = null;
		do {
			for (C next = next(); next != null; next = next()) {
				try {
					this.admit.accept(next);
				}
				catch (Throwable ex) {
					leave(next);
					apart(next, (call) -> this.reject.accept(call, ex));
					thrown = ex;
				}
			}
		}
		while (this.rounds.decrementAndGet() != 0);
		if (thrown != null) {
			throw Exceptions.propagate(thrown);
		}
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
