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

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * A log of the application's that fails for what this library logs, at every level.
 */
public final class BrokenLog implements AutoCloseable {

	private static final String OURS = "com.handinger";

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Logger ours = this.context.getLogger(OURS);

	private final boolean filters;

	private final TurboFilter filter = new TurboFilter() {

		@Override
		public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
				Object @Nullable [] parameters, @Nullable Throwable throwable) {
			if (logger.getName().startsWith(OURS)) {
				throw new IllegalStateException("This is just a test");
			}
			return FilterReply.NEUTRAL;
		}

	};

	private final UnsynchronizedAppenderBase<ILoggingEvent> appender = new UnsynchronizedAppenderBase<>() {

		@Override
		public void doAppend(ILoggingEvent event) {
			throw new IllegalStateException("This is just a test");
		}

		@Override
		protected void append(ILoggingEvent event) {
			throw new IllegalStateException("This is just a test");
		}

	};

	private BrokenLog(boolean filters) {
		this.filters = filters;
	}

	public static BrokenLog start(String kind) {
		return new BrokenLog(kind.equals("TURBO_FILTER"));
	}

	public void breakDown() {
		this.ours.setLevel(Level.DEBUG);
		this.ours.setAdditive(false);
		if (this.filters) {
			this.context.addTurboFilter(this.filter);
		}
		else {
			this.appender.setContext(this.context);
			this.appender.start();
			this.ours.addAppender(this.appender);
		}
	}

	@Override
	public void close() {
		this.context.getTurboFilterList().remove(this.filter);
		this.ours.detachAppender(this.appender);
		this.ours.setAdditive(true);
		this.ours.setLevel(null);
	}

}
