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

package com.handinger.spring.benchmark;

import java.lang.management.ManagementFactory;
import java.util.Map;

import com.handinger.spring.task.HandingerTasksClient;
import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A JVM that starts an empty application, and tells what that took.
 */
final class StartUp {

	private StartUp() {
	}

	/**
	 * Start an application.
	 * @param arguments the name of its class
	 */
	public static void main(String[] arguments) throws Exception {
		System.setOut(System.err);
		long startedAt = System.nanoTime();
		new SpringApplicationBuilder(Class.forName(arguments[0])).web(WebApplicationType.REACTIVE)
			.bannerMode(Banner.Mode.OFF)
			.properties("server.port=0", "handinger.api-key=hdg_test_5ecretKey", "handinger.runs.enabled=false")
			.run();
		double millis = (System.nanoTime() - startedAt) / 1e6;
		double cpuMillis = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime()
				/ 1e6;
		long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
		double heap = TasksInFlight.Memory.measure().heap() / 1024.0;
		Measured measured = new Measured(millis, cpuMillis, classes, heap);
		ChildJvm.answer(Map.class, () -> (question) -> measured);
	}

	/**
	 * What a start has taken.
	 *
	 * @param millis the time to the end of the refresh of the context, from its start
	 * @param cpuMillis the CPU by then, from the start of the JVM
	 * @param classes the classes loaded by then
	 * @param heapKibibytes the live heap
	 */
	record Measured(double millis, double cpuMillis, double classes, double heapKibibytes) {
	}

	/**
	 * An application with a {@link WebClient}.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PlainApplication {

		@Bean
		WebClient webClient(WebClient.Builder builder) {
			return builder.build();
		}

	}

	/**
	 * The same with the client of this project instead.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class HandingerApplication {

		@Bean
		Holder holder(HandingerTasksClient tasks) {
			return new Holder(tasks);
		}

	}

	/**
	 * Whoever the client is injected into.
	 *
	 * @param tasks the client
	 */
	record Holder(HandingerTasksClient tasks) {
	}

}
