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
package com.handinger.spring.test.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Every method of the vendor's TypeScript SDK, from npm, against the simulator.
 */
@Tag("slow")
class TypeScriptSdkTests {

	private static final String SDK = "@ramensoft/handinger@0.14.0";

	private static final String SCRIPT = "typescript-sdk.mjs";

	private static final Path DIRECTORY = Path.of("target", "typescript-sdk");

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	@BeforeAll
	static void install() throws Exception {
		Files.createDirectories(DIRECTORY);
		assumeTrue(isInstalled("node") && isInstalled("npm"), "Node.js or npm is not installed");
		Output output = run(Map.of(), "npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", ".", SDK);
		assumeTrue(output.status() == 0, () -> "npm cannot install " + SDK + ": " + output.text());
		try (InputStream script = TypeScriptSdkTests.class.getResourceAsStream("/" + SCRIPT)) {
			Files.copy(Objects.requireNonNull(script), DIRECTORY.resolve(SCRIPT), StandardCopyOption.REPLACE_EXISTING);
		}
	}

	private static boolean isInstalled(String program) throws Exception {
		try {
			return run(Map.of(), program, "--version").status() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Output run(Map<String, String> environment, String... command) throws Exception {
		Path output = DIRECTORY.resolve("output.txt");
		ProcessBuilder builder = new ProcessBuilder(command).directory(DIRECTORY.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().putAll(environment);
		Process process = builder.start();
		if (!process.waitFor(2, TimeUnit.MINUTES)) {
			process.destroyForcibly().waitFor();
		}
		return new Output(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
	}

	@ParameterizedTest
	@EnumSource
	void everyMethodWorksAndEachAnswerIsThatOfTheContract(ApiVersion apiVersion) throws Exception {
		try (HandingerSimulator simulator = HandingerSimulator.builder().apiVersion(apiVersion).start()) {
			Output output = run(Map.of("HANDINGER_BASE_URL", simulator.url(), "HANDINGER_API_KEY", simulator.apiKey()),
					"node", SCRIPT);
			assertThat(output.status()).as(output.text()).isZero();
			List<JsonNode> lines = output.text().lines().map(MAPPER::readTree).toList();
			List<JsonNode> exchanges = lines.subList(0, lines.size() - 1);
			assertThat(exchanges).hasSizeGreaterThan(20).allSatisfy(TypeScriptSdkTests::checkAnswer);
			assertThat(lines.get(lines.size() - 1).toString()).isEqualTo("{\"notCalled\":[]}");
		}
	}

	private static void checkAnswer(JsonNode exchange) {
		String body = exchange.path("body").stringValue();
		if (exchange.path("status").intValue() == 200) {
			Contract.checkAnswer(body, exchange.path("method").stringValue(), exchange.path("path").stringValue());
		}
		else {
			assertThat(exchange.path("status").intValue()).isEqualTo(404);
			Contract.check(body, "ErrorResponse");
		}
	}

	/**
	 * The output of a program.
	 *
	 * @param status the exit status
	 * @param text the text
	 */
	private record Output(int status, String text) {
	}

}
