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

package com.handinger.sample.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the sample with {@code simulator.only}.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class SimulatorOnlyTests {

	@TempDir
	private Path directory;

	@Test
	void simulatorListensUntilItIsTerminated() throws Exception {
		try (SimulatorProcess process = SimulatorProcess.start(this.directory, Map.of(), "--simulator.only=true",
				"--simulator.port=0")) {
			SimulatorClient client = new SimulatorClient(process.awaitUrl());
			assertThat(client.create("Say hello").status()).isEqualTo(200);
			assertThat(client.get("/actuator/health").status()).isEqualTo(404);
			client.setWebhook("wrk_1", "http://localhost:1/nobody");
			client.create(Map.of("input", "Say hello", "workerId", "wrk_1"));
			assertThat(client.awaitExecutions("wrk_1", 1).at("/logs/0/requestStatus").stringValue()).isEqualTo("error");
			assertThat(process.terminate()).isEqualTo(128 + 15);
			assertThat(process.output()).doesNotContain("Netty started on port", "Exception", " WARN ", "Say hello");
		}
	}

	@Test
	void environmentVariablesAreUsed() throws IOException {
		try (SimulatorProcess process = SimulatorProcess.start(this.directory,
				Map.of("SIMULATOR_ONLY", "true", "SIMULATOR_PORT", "0", "HANDINGER_API_KEY", "hdg_test_key"))) {
			SimulatorClient client = new SimulatorClient(process.awaitUrl());
			assertThat(client.state().path("posts").intValue()).isZero();
			assertThat(process.output()).doesNotContain("Netty started on port", "hdg_test_key");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--simulator.only", "--simulator.only=on" })
	void flagIsRecognized(String flag) throws IOException {
		try (SimulatorProcess process = SimulatorProcess.start(this.directory, Map.of(), flag, "--simulator.port=0")) {
			process.awaitUrl();
			assertThat(process.output()).doesNotContain("Netty started on port");
		}
	}

	@Test
	void simulatorStartsWhereTheSampleIsCompiledAheadOfTime() throws IOException {
		try (SimulatorProcess process = SimulatorProcess.start(this.directory,
				Map.of("JAVA_TOOL_OPTIONS", "-Dspring.aot.enabled=true"), "--simulator.only", "--simulator.port=0")) {
			assertThat(new SimulatorClient(process.awaitUrl()).create("Say hello").status()).isEqualTo(200);
		}
	}

	@Test
	void invalidFlagIsExplained() throws Exception {
		try (SimulatorProcess process = SimulatorProcess.start(this.directory, Map.of(), "--simulator.only=maybe",
				"--server.port=0", "--simulator.port=0")) {
			assertThat(process.await(Duration.ofMinutes(2))).isEqualTo(1);
			assertThat(process.output()).contains("APPLICATION FAILED TO START", "simulator.only", "maybe");
		}
	}

	@Test
	void sampleFailsToStartWhenThePortIsTaken() throws Exception {
		try (HandingerSimulator simulator = HandingerSimulator.start();
				SimulatorProcess process = SimulatorProcess.start(this.directory, Map.of("HANDINGER_API_KEY", ""),
						"--server.port=0", "--simulator.port=" + simulator.port())) {
			assertThat(process.await(Duration.ofMinutes(2))).isEqualTo(1);
			assertThat(process.output()).contains("APPLICATION FAILED TO START",
					"cannot listen on port " + simulator.port() + ": it is already in use.",
					"set simulator.port to another port");
		}
	}

	@Test
	void simulatorFailsToStartWhenThePortIsTaken(CapturedOutput output) {
		try (HandingerSimulator simulator = HandingerSimulator.start()) {
			assertThatExceptionOfType(Exception.class)
				.isThrownBy(() -> application().run("--simulator.port=" + simulator.port()));
			assertThat(output).contains("cannot listen on port " + simulator.port() + ": it is already in use.",
					"set simulator.port to another port");
		}
	}

	@Test
	void invalidPortIsExplained(CapturedOutput output) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> application().run("--simulator.port=65536"));
		assertThat(output).contains("simulator.port", "it must be from 1 to 65535");
	}

	private static SpringApplication application() {
		SpringApplication application = new SpringApplication(SimulatorOnly.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application;
	}

}
