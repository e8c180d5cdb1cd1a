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

package com.handinger.spring.transport;

import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A log that never fails. An appender or a filter of the application that throws must not
 * change the outcome of a call.
 */
public final class SafeLog {

	private final Log log;

	private SafeLog(Log log) {
		this.log = log;
	}

	/**
	 * Return the log of a class.
	 * @param type the class
	 * @return the log
	 */
	public static SafeLog of(Class<?> type) {
		return new SafeLog(LogFactory.getLog(type));
	}

	/**
	 * Log a sentence at DEBUG.
	 * @param sentence supplies the sentence, and is called only if DEBUG is enabled
	 */
	public void debug(Supplier<String> sentence) {
		quietly(() -> {
			if (this.log.isDebugEnabled()) {
				this.log.debug(sentence.get());
			}
		});
	}

	/**
	 * Log a sentence at WARN.
	 * @param sentence the sentence
	 */
	public void warn(String sentence) {
		quietly(() -> this.log.warn(sentence));
	}

	/**
	 * Log a sentence at WARN, with a stack trace.
	 * @param sentence the sentence
	 * @param failure the failure
	 */
	public void warn(String sentence, Throwable failure) {
		quietly(() -> this.log.warn(sentence, failure));
	}

	private static void quietly(Runnable logging) {
		try {
			logging.run();
		}
		catch (Throwable ex) {
			// This can't be logged either.
		}
	}

}
