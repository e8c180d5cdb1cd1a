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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.handinger.spring.support.ServerKeys;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootVersion;

/**
 * Measures what the client costs, prints a table, and writes it as JSON. It never fails
 * for a figure.
 */
final class Benchmark {

	private static final Path DIRECTORY = Path.of("target").toAbsolutePath();

	private static final String PROPERTY_PREFIX = "benchmark.";

	private Benchmark() {
	}

	public static void main(String[] arguments) throws IOException, InterruptedException {
		Files.deleteIfExists(ChildJvm.LOG);
		Files.deleteIfExists(DIRECTORY.resolve("server.p12"));
		Path keyStore = ServerKeys.create(DIRECTORY).keyStore();
		Map<String, Findings> parts = new LinkedHashMap<>();
		try (ChildJvm server = ChildJvm.start(BenchmarkServer.class, List.of("-Xmx1g"), keyStore.toString())) {
			BenchmarkServer.Counts ports = server.ask(new BenchmarkServer.Question(true), BenchmarkServer.Counts.class);
			String url = "http://localhost:" + ports.port();
			for (String part : property("parts").split(",")) {
				Findings findings = switch (part) {
					case "decoding" -> new DecodingBenchmark(number("rounds"), number("decodings")).run();
					case "calls" -> new CallsBenchmark(number("rounds"), seconds("warm-up"), seconds("round")).run(url);
					case "tasks" ->
						new TasksBenchmark(server, keyStore, numbers("tasks"), seconds("task"), number("task-rounds"))
							.run();
					case "runs" -> new RunsBenchmark(server, number("runs"), seconds("run")).run();
					case "startup" -> new StartUpBenchmark(number("starts"), Path.of(property("jar"))).run();
					default -> throw new IllegalArgumentException("There is no part " + part);
				};
				System.out.println(findings.table());
				parts.put(part, findings);
			}
		}
		report(parts);
		System.exit(0);
	}

	private static void report(Map<String, Findings> parts) throws IOException {
		Map<String, String> machine = machine();
		System.out.println();
		machine.forEach((name, value) -> System.out.println(name + ": " + value));
		Map<String, Object> report = new LinkedHashMap<>();
		report.put("machine", machine);
		report.putAll(parts);
		Path file = DIRECTORY.resolve("benchmark.json");
		JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		Files.write(file, json.writeValueAsBytes(report));
		System.out.println("Written to " + file);
	}

	private static Map<String, String> machine() {
		Map<String, String> machine = new LinkedHashMap<>();
		machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
		machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
		machine.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
		machine.put("springBoot", SpringBootVersion.getVersion());
		machine.put("reactorNetty", String.valueOf(HttpClient.class.getPackage().getImplementationVersion()));
		return machine;
	}

	private static Duration seconds(String name) {
		return Duration.ofSeconds(number(name));
	}

	private static List<Integer> numbers(String name) {
		return Stream.of(property(name).split(",")).map(Integer::valueOf).toList();
	}

	private static int number(String name) {
		return Integer.parseInt(property(name));
	}

	private static String property(String name) {
		String value = System.getProperty(PROPERTY_PREFIX + name);
		if (value == null) {
			throw new IllegalStateException(PROPERTY_PREFIX + name + " is not set: its default is in pom.xml");
		}
		return value;
	}

}
