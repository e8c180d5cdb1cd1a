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

package com.handinger.spring.task;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.transport.Delay;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.transport.SafeLog;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Looks a task up again and again, less often the longer it takes, until it is told to
 * stop. Between two look-ups it holds a timer and no connection.
 */
final class LookUps implements Disposable {

	private static final SafeLog logger = SafeLog.of(LookUps.class);

	private static final Disposable NONE = Disposables.single();

	private static final Disposable DISPOSED = Disposables.disposed();

	private final Mono<TaskWithTurns> lookUp;

	private final Polling polling;

	private final Observer observer;

	private final Context context;

	private final AtomicBoolean sawOtherTask = new AtomicBoolean();

	private final AtomicReference<Disposable> current = new AtomicReference<>(NONE);

	/**
	 * Create new look-ups, which have to be started.
	 * @param lookUp a single look-up
	 * @param polling how often to look
	 * @param observer what to tell
	 * @param context the context for each look-up
	 */
	LookUps(Mono<TaskWithTurns> lookUp, Polling polling, Observer observer, ContextView context) {
		this.lookUp = lookUp;
		this.polling = polling;
		this.observer = observer;
		this.context = HandingerTransport.expectLateFailures(context);
	}

	/**
	 * Look the task up at once, and then at growing intervals. A look-up that is under
	 * way is cancelled.
	 */
	void startNow() {
		start(Duration.ZERO, 0);
	}

	/**
	 * Look the task up after the initial interval, and then at growing ones. A look-up
	 * that is under way is cancelled.
	 */
	void startLater() {
		start(this.polling.initialInterval(), 1);
	}

	/**
	 * Look the task up after the initial interval less some jitter, and then at growing
	 * ones. A look-up that is under way is cancelled.
	 */
	void startWithJitter() {
		start(this.polling.waitBefore(0, null), 1);
	}

	/**
	 * Look no more until there is another start.
	 */
	void pause() {
		replace(NONE).dispose();
	}

	private void start(Duration wait, int number) {
		Look look = new Look(number);
		Disposable previous = replace(look);
		try {
			previous.dispose();
		}
		finally {
			// An HTTP library that fails when it is cancelled must not end the look-ups.
			if (previous != DISPOSED) {
				look.in(wait);
			}
		}
	}

	private Disposable replace(Disposable next) {
		return this.current.getAndUpdate((current) -> (current == DISPOSED) ? DISPOSED : next);
	}

	@Override
	public void dispose() {
		this.current.getAndSet(DISPOSED).dispose();
	}

	@Override
	public boolean isDisposed() {
		return this.current.get() == DISPOSED;
	}

	/**
	 * Is told what a look-up has shown.
	 */
	interface Observer {

		/**
		 * Take the state of the task.
		 * @return whether to go on
		 */
		boolean onState(TaskWithTurns state);

		/**
		 * Take a failure of Handinger's.
		 * @return whether to go on
		 */
		boolean onFailure(HandingerException failure);

		/**
		 * Take any other failure, after which there is no further look-up.
		 */
		void onError(Throwable error);

	}

	/**
	 * A look-up and the wait before it.
	 */
	private final class Look extends BaseSubscriber<TaskWithTurns> {

		private final int number;

		Look(int number) {
			this.number = number;
		}

		void in(Duration wait) {
			(wait.isZero() ? LookUps.this.lookUp : Delay.of(wait).then(LookUps.this.lookUp)).subscribe(this);
		}

		@Override
		public Context currentContext() {
			return LookUps.this.context;
		}

		@Override
		protected void hookOnNext(TaskWithTurns state) {
			if (LookUps.this.observer.onState(state)) {
				next(null);
			}
		}

		@Override
		protected void hookOnError(Throwable error) {
			if (!(error instanceof HandingerException failure)) {
				LookUps.this.observer.onError(error);
				return;
			}
			log(failure);
			if (LookUps.this.observer.onFailure(failure)) {
				next((failure instanceof HandingerApiException answered) ? answered.retryAfter() : null);
			}
		}

		private void log(HandingerException failure) {
			if (failure instanceof OtherTaskException && LookUps.this.sawOtherTask.compareAndSet(false, true)) {
				logger.warn(failure.getMessage() + ". Polling continues");
			}
			else if (!(failure instanceof NotFoundException)) {
				logger.debug(() -> "A poll failed: " + failure.getMessage());
			}
		}

		/**
		 * Whoever has replaced this look-up in the meantime makes the next.
		 */
		private void next(@Nullable Duration retryAfter) {
			Look next = new Look(this.number + 1);
			if (LookUps.this.current.compareAndSet(this, next)) {
				next.in(LookUps.this.polling.waitBefore(this.number, retryAfter));
			}
		}

	}

}
