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

package com.handinger.spring.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A start of an application that fails, with all that it prints.
 *
 * @param output what it has printed
 * @param stackTrace the stack trace of its exception, with all causes
 */
record FailedStart(String output, String stackTrace) {

	static FailedStart of(String... arguments) {
		return of(Map.of(), arguments);
	}

	/**
	 * Start an application.
	 * @param environment the variables of its environment
	 * @param arguments the arguments of its command line
	 */
	static FailedStart of(Map<String, Object> environment, String... arguments) {
		StringWriter trace = new StringWriter();
		String output = printedBy(() -> {
			Throwable failure = catchThrowable(() -> application(environment).run(arguments).close());
			assertThat(failure).as("failure to start with " + String.join(" ", arguments)).isNotNull();
			failure.printStackTrace(new PrintWriter(trace));
		});
		return new FailedStart(output, trace.toString());
	}

	/**
	 * Return what an application prints that does start.
	 */
	static String outputOf(String... arguments) {
		return printedBy(() -> application(Map.of()).run(arguments).close());
	}

	private static String printedBy(Runnable start) {
		Map<Logger, Level> levels = levels();
		PrintStream console = System.out;
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
		try {
			start.run();
		}
		finally {
			System.setOut(console);
			levels.forEach(Logger::setLevel);
		}
		return output.toString(StandardCharsets.UTF_8);
	}

	private static SpringApplication application(Map<String, Object> environment) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.environment(new StandardEnvironment() {

				@Override
				public Map<String, Object> getSystemEnvironment() {
					return environment;
				}

			})
			.build();
	}

	/**
	 * Those that are switched to debug stay so.
	 */
	private static Map<Logger, Level> levels() {
		LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
		Map<Logger, Level> levels = new HashMap<>();
		Stream
			.of("ROOT", "web", "sql", "org.springframework", "org.springframework.boot", "org.springframework.web",
					"org.springframework.http", "org.springframework.core.codec", "org.springframework.jdbc.core",
					"org.springframework.boot.actuate.endpoint.web", "org.hibernate.SQL", "org.apache.tomcat",
					"org.apache.catalina", "org.eclipse.jetty", "org.hibernate.tool.hbm2ddl")
			.map(context::getLogger)
			.forEach((logger) -> levels.put(logger, logger.getLevel()));
		return levels;
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SslAutoConfiguration.class, JacksonAutoConfiguration.class,
			CodecsAutoConfiguration.class, HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
			WebClientAutoConfiguration.class, HandingerAutoConfiguration.class })
	static class Application {

	}

}
