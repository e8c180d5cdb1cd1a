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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.json.JsonMapper;

/**
 * A sample in a separate process.
 */
public final class KillableProcess implements AutoCloseable {

	private static final Pattern LISTENS = Pattern.compile("Netty started on port (\\d+)");

	private static final String REGISTERED = "Handinger delivers the finished tasks of worker";

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final HttpClient HTTP_CLIENT = HttpClient.newHttpClient();

	private final Process process;

	private final Path output;

	private int port;

	private KillableProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Start a process.
	 * @param directory the directory of its output
	 * @param application the class to start
	 * @param arguments the arguments of the command line
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static KillableProcess start(Path directory, Class<?> application, List<String> arguments)
			throws IOException {
		Path output = Files.createTempFile(directory, "sample", ".log");
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + File.separator + "bin/java",
				"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				application.getName()));
		command.addAll(arguments);
		return new KillableProcess(
				new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
	}

	/**
	 * Return whether deliveries are accepted.
	 */
	boolean isReady() {
		boolean ready = output().contains(REGISTERED);
		if (!ready && !this.process.isAlive()) {
			throw new IllegalStateException("The sample did not start: " + output());
		}
		return ready;
	}

	/**
	 * Return the port, or 1 as long as there is none, where nothing listens.
	 * @return the port
	 */
	public synchronized int port() {
		if (this.port == 0) {
			Matcher listens = LISTENS.matcher(output());
			if (!listens.find()) {
				return 1;
			}
			this.port = Integer.parseInt(listens.group(1));
		}
		return this.port;
	}

	/**
	 * Return the value of a gauge of the reconciliation.
	 */
	double reconciliation(String name) {
		URI uri = URI
			.create("http://localhost:" + port() + "/actuator/metrics/handinger.webhook.reconciliation." + name);
		HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(2)).build();
		String answer = HTTP_CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join().body();
		return MAPPER.readTree(answer).at("/measurements/0/value").doubleValue();
	}

	private String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kill the process, which gets no time for anything.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
