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

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever anybody could read while everything is logged: log lines with their arguments
 * and exceptions, what is printed, and what exceptions hold. Nothing of it reaches the
 * console.
 */
public final class Overheard implements AutoCloseable {

	/**
	 * With this, an application that starts leaves the log as it is.
	 */
	private static final String LOGGING_SYSTEM = "org.springframework.boot.logging.LoggingSystem";

	/**
	 * The fields of other classes are closed to tests.
	 */
	private static final List<String> OPEN_PACKAGES = List.of("com.handinger.", "org.springframework.", "reactor.",
			"io.netty.", "tools.jackson.");

	private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final Logger root = this.context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Appender<ILoggingEvent> console = this.root.getAppender("console");

	private final java.util.logging.Logger julRoot = java.util.logging.Logger.getLogger("");

	private final java.util.logging.Level julLevel = this.julRoot.getLevel();

	private final java.util.logging.Handler[] julHandlers = this.julRoot.getHandlers();

	private final Level level = this.root.getLevel();

	private final PrintStream out = System.out;

	private final PrintStream err = System.err;

	private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

	private final Queue<Said> said = new ConcurrentLinkedQueue<>();

	private final Set<Class<?>> exceptions = ConcurrentHashMap.newKeySet();

	private final Predicate<ILoggingEvent> isOfFixture;

	private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

		@Override
		protected void append(ILoggingEvent event) {
			if (!Overheard.this.isOfFixture.test(event)) {
				hear(event);
			}
		}

	};

	private Overheard(Predicate<ILoggingEvent> isOfFixture) {
		this.isOfFixture = isOfFixture;
		System.setProperty(LOGGING_SYSTEM, "none");
		this.appender.setContext(this.context);
		this.appender.start();
		this.root.detachAppender(this.console);
		this.root.addAppender(this.appender);
		this.root.setLevel(Level.TRACE);
		for (java.util.logging.Handler handler : this.julHandlers) {
			this.julRoot.removeHandler(handler);
		}
		this.julRoot.addHandler(new SLF4JBridgeHandler());
		this.julRoot.setLevel(java.util.logging.Level.ALL);
		PrintStream stream = new PrintStream(this.printed, true, StandardCharsets.UTF_8);
		System.setOut(stream);
		System.setErr(stream);
	}

	/**
	 * Listen from now on.
	 * @param isOfFixture what a server says that only the test has
	 */
	public static Overheard start(Predicate<ILoggingEvent> isOfFixture) {
		return new Overheard(isOfFixture);
	}

	private void hear(ILoggingEvent event) {
		String logger = event.getLoggerName();
		say(logger, event.getFormattedMessage());
		Object[] arguments = (event.getArgumentArray() != null) ? event.getArgumentArray() : new Object[0];
		// The others are in the message.
		for (int i = StringUtils.countOccurrencesOf(event.getMessage(), "{}"); i < arguments.length; i++) {
			say(logger, arguments[i]);
		}
		event.getMDCPropertyMap().values().forEach((value) -> say(logger, value));
		IThrowableProxy thrown = event.getThrowableProxy();
		if (thrown instanceof ThrowableProxy proxy) {
			walk(logger, proxy.getThrowable(), identitySet());
		}
	}

	/**
	 * Hear a result.
	 */
	public void hear(String source, Object result) {
		if (result instanceof Throwable failure) {
			walk(source, failure, identitySet());
		}
		else {
			say(source, result);
		}
	}

	private void say(String source, Object text) {
		this.said.add(new Said(source, String.valueOf(text)));
	}

	private static Set<Object> identitySet() {
		return Collections.newSetFromMap(new IdentityHashMap<>());
	}

	/**
	 * Hear whatever an exception says and holds, and the exceptions that it holds.
	 */
	private void walk(String source, Object value, Set<Object> seen) {
		if (value == null || !seen.add(value)) {
			return;
		}
		if (value instanceof Throwable failure) {
			this.exceptions.add(failure.getClass());
			Stream.of(failure.getMessage(), failure.getLocalizedMessage(), failure.toString())
				.forEach((text) -> say(source, text));
			walk(source, failure.getCause(), seen);
			Stream.of(failure.getSuppressed()).forEach((suppressed) -> walk(source, suppressed, seen));
			fields(failure.getClass()).forEach((field) -> walk(source, get(field, failure), seen));
		}
		else if (value instanceof Collection<?> values) {
			values.forEach((each) -> walk(source, each, seen));
		}
		else if (value instanceof Map<?, ?> map) {
			map.forEach((key, each) -> {
				walk(source, key, seen);
				walk(source, each, seen);
			});
		}
		else if (value instanceof Optional<?> optional) {
			walk(source, optional.orElse(null), seen);
		}
		else if (value instanceof Object[] array) {
			walk(source, List.of(array), seen);
		}
		else if (value instanceof byte[] bytes) {
			say(source, new String(bytes, StandardCharsets.UTF_8));
		}
		else if (value instanceof char[] characters) {
			say(source, new String(characters));
		}
		else {
			say(source, value);
		}
	}

	private static Stream<Field> fields(Class<?> type) {
		return (type == null) ? Stream.empty()
				: Stream.concat(
						Stream.of(type.getDeclaredFields())
							.filter((field) -> !Modifier.isStatic(field.getModifiers())
									&& OPEN_PACKAGES.stream().anyMatch(type.getName()::startsWith)),
						fields(type.getSuperclass()));
	}

	private static Object get(Field field, Object owner) {
		try {
			field.setAccessible(true);
			return field.get(owner);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the types of the exceptions that were heard of.
	 */
	public Set<Class<?>> exceptions() {
		return Set.copyOf(this.exceptions);
	}

	/**
	 * Fail if any of some texts was said.
	 */
	public void assertUnspoken(Collection<String> secrets) {
		assertThat(this.said).hasSizeGreaterThan(100);
		assertThat(this.said).filteredOn((said) -> secrets.stream().anyMatch(said.text()::contains))
			.as("what was said by whom")
			.isEmpty();
		assertThat(this.printed.toString(StandardCharsets.UTF_8)).doesNotContain(secrets);
	}

	@Override
	public void close() {
		System.setOut(this.out);
		System.setErr(this.err);
		System.clearProperty(LOGGING_SYSTEM);
		for (java.util.logging.Handler handler : this.julRoot.getHandlers()) {
			this.julRoot.removeHandler(handler);
		}
		for (java.util.logging.Handler handler : this.julHandlers) {
			this.julRoot.addHandler(handler);
		}
		this.julRoot.setLevel(this.julLevel);
		this.root.setLevel(this.level);
		this.root.detachAppender(this.appender);
		this.root.addAppender(this.console);
	}

	/**
	 * What was said.
	 *
	 * @param source by whom
	 * @param text what
	 */
	private record Said(String source, String text) {
	}

}
