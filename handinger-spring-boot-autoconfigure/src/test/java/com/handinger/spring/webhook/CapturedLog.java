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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What is logged, by whatever logger.
 */
final class CapturedLog implements AutoCloseable {

	private static final String OURS = "com.handinger";

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Logger ours = (Logger) LoggerFactory.getLogger(OURS);

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			CapturedLog.this.events.add(event);
		}

	};

	private CapturedLog() {
		this.appender.setContext(this.root.getLoggerContext());
		this.appender.start();
		this.root.addAppender(this.appender);
	}

	/**
	 * Capture from now on what is logged, and whatever our own classes could log, which
	 * is kept from the console. An application that starts afterwards ends it.
	 */
	static CapturedLog startWithTrace() {
		CapturedLog log = new CapturedLog();
		log.ours.addAppender(log.appender);
		log.ours.setAdditive(false);
		log.ours.setLevel(Level.TRACE);
		return log;
	}

	/**
	 * Return the lines of a level and of those above, with the stack traces.
	 */
	List<String> lines(Level level) {
		return this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(level))
			.map(CapturedLog::line)
			.toList();
	}

	/**
	 * Return the lines that tell of an error or of an exception.
	 */
	List<String> troubles() {
		return this.events.stream()
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.ERROR) || event.getThrowableProxy() != null)
			.filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN))
			.map(CapturedLog::line)
			.toList();
	}

	private static String line(ILoggingEvent event) {
		return event.getLevel() + " " + event.getLoggerName() + ": " + event.getFormattedMessage()
				+ ((event.getThrowableProxy() != null) ? "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy())
						: "");
	}

	@Override
	public void close() {
		this.root.detachAppender(this.appender);
		this.ours.detachAppender(this.appender);
		this.ours.setAdditive(true);
		this.ours.setLevel(null);
	}

}
