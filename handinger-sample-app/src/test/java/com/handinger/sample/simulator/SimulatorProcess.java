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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.handinger.sample.SampleApplication;
import org.awaitility.Awaitility;

/**
 * The simulator in a separate process.
 */
final class SimulatorProcess implements AutoCloseable {

	private static final Pattern LISTENS = Pattern.compile("is listening at (http://localhost:\\d+):");

	private final Process process;

	private final Path output;

	private SimulatorProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	static SimulatorProcess start(Path directory, Map<String, String> environment, String... arguments)
			throws IOException {
		Path output = Files.createTempFile(directory, "simulator", ".log");
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + File.separator + "bin/java",
				"-Xmx512m", "-cp", System.getProperty("java.class.path"), SampleApplication.class.getName()));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().putAll(environment);
		return new SimulatorProcess(builder.start(), output);
	}

	String awaitUrl() {
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> listens().find() || !this.process.isAlive());
		Matcher listens = listens();
		if (!listens.find()) {
			throw new IllegalStateException("The simulator did not start: " + output());
		}
		return listens.group(1);
	}

	private Matcher listens() {
		return LISTENS.matcher(output());
	}

	String output() {
		try {
			return Files.readString(this.output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ask the process to end, and return its exit status.
	 */
	int terminate() throws InterruptedException {
		this.process.destroy();
		return await(Duration.ofMinutes(2));
	}

	int await(Duration time) throws InterruptedException {
		if (!this.process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
			throw new IllegalStateException("The simulator did not end: " + output());
		}
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
