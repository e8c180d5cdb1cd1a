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

package com.handinger.spring.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import reactor.core.scheduler.Schedulers;

/**
 * Counts what waits for its time on Reactor's parallel scheduler, where the timers of the
 * client are.
 */
public final class Timers implements AutoCloseable {

	private static final String KEY = Timers.class.getName();

	private final List<ScheduledThreadPoolExecutor> executors = new CopyOnWriteArrayList<>();

	public Timers() {
		Schedulers.addExecutorServiceDecorator(KEY, (scheduler, executor) -> {
			if (executor instanceof ScheduledThreadPoolExecutor timers) {
				this.executors.add(timers);
			}
			return executor;
		});
		// From now on, there are new ones.
		Schedulers.resetFactory();
	}

	/**
	 * Return how many timers there are.
	 */
	public int count() {
		return this.executors.stream().mapToInt((executor) -> executor.getQueue().size()).sum();
	}

	@Override
	public void close() {
		Schedulers.removeExecutorServiceDecorator(KEY);
	}

}
