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

package com.handinger.sample;

import java.util.Locale;
import java.util.Set;

import com.handinger.sample.simulator.SimulatorOnly;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The sample application. With {@code simulator.only}, it starts only the simulator.
 */
@SpringBootApplication
public class SampleApplication {

	private static final Set<String> TRUE = Set.of("", "true", "on", "yes", "1");

	/**
	 * Start the sample.
	 * @param args the arguments of the command line
	 */
	public static void main(String[] args) {
		(isSimulatorOnly(args) ? simulatorOnly() : new SpringApplication(SampleApplication.class)).run(args);
	}

	private static boolean isSimulatorOnly(String[] args) {
		PropertySource<?> commandLine = new SimpleCommandLinePropertySource(args);
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(commandLine);
		String only = environment.getProperty("simulator.only", "false");
		// Invalid values are reported when the properties are bound.
		return TRUE.contains(only.toLowerCase(Locale.ROOT));
	}

	/**
	 * Ignore ahead-of-time processing, which covers only the complete sample.
	 */
	private static SpringApplication simulatorOnly() {
		SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");
		SpringApplication application = new SpringApplication(SimulatorOnly.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setKeepAlive(true);
		return application;
	}

}
