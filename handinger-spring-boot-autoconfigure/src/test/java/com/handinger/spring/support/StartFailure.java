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

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What a user reads when an application does not start.
 */
public final class StartFailure {

	private StartFailure() {
	}

	/**
	 * Start an application that fails, and return what is reported of that by Spring
	 * Boot.
	 */
	public static String of(CapturedOutput output, WebApplicationType type, Class<?> application,
			String... properties) {
		return of(output, builder(type, application, properties));
	}

	/**
	 * Start an application that fails since something is not on its class path.
	 */
	public static String of(CapturedOutput output, ClassLoader classLoader, WebApplicationType type,
			Class<?> application, String... properties) {
		return of(output,
				builder(type, application, properties).resourceLoader(new DefaultResourceLoader(classLoader)));
	}

	private static String of(CapturedOutput output, SpringApplicationBuilder application) {
		int before = output.getAll().length();
		assertThatException().isThrownBy(() -> application.run().close());
		String report = output.getAll().substring(before);
		int start = report.indexOf("APPLICATION FAILED TO START");
		if (start < 0) {
			throw new AssertionError(
					"No " + SpringBootExceptionReporter.class.getSimpleName() + " says why: " + report);
		}
		return report.substring(start);
	}

	/**
	 * Start an application that does not fail.
	 */
	public static ConfigurableApplicationContext none(WebApplicationType type, Class<?> application,
			String... properties) {
		return builder(type, application, properties).run();
	}

	private static SpringApplicationBuilder builder(WebApplicationType type, Class<?> application,
			String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0"));
		all.addAll(List.of(properties));
		return new SpringApplicationBuilder(Servers.class, application).web(type)
			.properties("spring.main.banner-mode=off")
			.properties(all.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class Servers {

		@Bean
		TomcatServletWebServerFactory servletWebServerFactory() {
			return new TomcatServletWebServerFactory(0);
		}

		@Bean
		NettyReactiveWebServerFactory reactiveWebServerFactory() {
			return new NettyReactiveWebServerFactory(0);
		}

	}

}
