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

import java.util.concurrent.ExecutionException;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Tells the listeners and the handlers of the application, one after the other.
 */
final class TaskFinishedPublisher {

	private final ApplicationEventPublisher listeners;

	private final ObjectProvider<TaskFinishedHandler> handlers;

	private final Transactions transactions;

	TaskFinishedPublisher(ApplicationEventPublisher listeners, ObjectProvider<TaskFinishedHandler> handlers,
			Transactions transactions) {
		this.listeners = listeners;
		this.handlers = handlers;
		this.transactions = transactions;
	}

	/**
	 * Tell all, and return when they are done. It blocks for as long as they take.
	 * @throws RuntimeException if one of them fails
	 */
	void publish(TaskFinishedEvent event) {
		this.transactions.run(() -> {
			this.listeners.publishEvent(event);
			this.handlers.orderedStream().forEach((handler) -> handle(handler, event));
		});
	}

	/**
	 * A transaction belongs to its thread, which therefore waits. It is made for that.
	 */
	private static void handle(TaskFinishedHandler handler, TaskFinishedEvent event) {
		try {
			handler.handle(event).toFuture().get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("A TaskFinishedHandler has failed", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("A TaskFinishedHandler was interrupted", ex);
		}
	}

}
