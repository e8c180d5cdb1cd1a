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

package com.handinger.sample.runs;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.spi.ToolProvider;

import com.handinger.sample.runs.RunsApplication.Answer;
import com.handinger.sample.runs.RunsApplication.Command;
import com.handinger.spring.test.HandingerSimulator;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/**
 * A {@link RunsApplication} in a separate process.
 */
final class Instance implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final Map<String, String> states = new ConcurrentHashMap<>();

	private final AtomicInteger statesTold = new AtomicInteger();

	private final AtomicInteger fenced = new AtomicInteger();

	private final Process process;

	private final Path log;

	private final Consumer<String> submitted;

	private final PrintStream commands;

	private volatile boolean ready;

	private Instance(Process process, Path log, Consumer<String> submitted) {
		this.process = process;
		this.log = log;
		this.submitted = submitted;
		this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
	}

	/**
	 * Return the options of JVMs that start in half the time: the class path of this one
	 * as JARs, which an archive of loaded classes needs, and that archive.
	 * @param directory the directory of the files
	 */
	static List<String> archive(Path directory) throws IOException, InterruptedException {
		ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
		List<String> classPath = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			if (Files.isDirectory(Path.of(entry))) {
				String file = directory.resolve(classPath.size() + ".jar").toString();
				jar.run(System.out, System.err, "cf", file, "-C", entry, ".");
				classPath.add(file);
			}
			else {
				classPath.add(entry);
			}
		}
		String archive = directory.resolve("classes.jsa").toString();
		String path = String.join(File.pathSeparator, classPath);
		command(List.of("-XX:ArchiveClassesAtExit=" + archive, "-cp", path),
				List.of("--handinger.api-key=" + HandingerSimulator.API_KEY, "--killable.url=jdbc:h2:mem:archive"))
			.redirectInput(File.createTempFile("commands", null, directory.toFile()))
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("archive.log").toFile())
			.start()
			.waitFor();
		return List.of("-XX:SharedArchiveFile=" + archive, "-cp", path);
	}

	private static ProcessBuilder command(List<String> options, List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + File.separator + "bin/java",
				"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dhandinger.runs.heartbeat-millis=500"));
		command.addAll(options);
		command.addAll(List.of(RunsApplication.class.getName(), "--spring.config.name=none"));
		command.addAll(arguments);
		return new ProcessBuilder(command);
	}

	/**
	 * Start an instance.
	 * @param options the options of its JVM
	 * @param directory the directory of its log
	 * @param submitted called with the key of each run whose transaction was committed
	 * @param arguments the arguments of the application
	 */
	static Instance start(List<String> options, Path directory, Consumer<String> submitted, List<String> arguments)
			throws IOException {
		Path log = Files.createTempFile(directory, "instance", ".log");
		Process process = command(options, arguments).redirectError(log.toFile()).start();
		Instance instance = new Instance(process, log, submitted);
		Thread reader = new Thread(instance::readAnswers, "answers of " + process.pid());
		reader.setDaemon(true);
		reader.start();
		return instance;
	}

	private void readAnswers() {
		try (BufferedReader answers = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			answers.lines()
				// The last line of a process that was killed may be incomplete.
				.filter((line) -> line.endsWith("}"))
				.map((line) -> JSON.readValue(line, Answer.class))
				.forEach(this::take);
		}
		catch (IOException | UncheckedIOException ex) {
			// The process was killed.
		}
	}

	private void take(Answer answer) {
		switch (answer.kind()) {
			case READY -> this.ready = true;
			case SUBMITTED -> this.submitted.accept(String.valueOf(answer.key()));
			case STATE -> this.states.put(String.valueOf(answer.key()), String.valueOf(answer.state()));
			case STATES -> this.statesTold.incrementAndGet();
			case FENCED -> this.fenced.incrementAndGet();
		}
	}

	private boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Return whether this instance takes commands.
	 */
	boolean isReady() {
		return this.ready && isAlive();
	}

	/**
	 * Wait until this instance takes commands.
	 */
	void awaitReady() {
		await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20)).until(() -> this.ready || hasEnded());
	}

	/**
	 * Return whether this instance has ended after it was ready.
	 */
	boolean hasEnded() {
		if (!isAlive() && !this.ready) {
			throw new IllegalStateException("The instance did not start: " + log());
		}
		return !isAlive();
	}

	/**
	 * Return whether this instance has ended by itself, at a chosen moment.
	 */
	boolean hasHalted() {
		return hasEnded() && this.process.exitValue() == Moment.STATUS;
	}

	/**
	 * Return how many times this instance did not send a run since another one has it.
	 */
	int fenced() {
		return this.fenced.get();
	}

	void submit(Command command) {
		this.commands.println(JSON.writeValueAsString(command));
	}

	/**
	 * Return the states of all runs by their keys.
	 */
	Map<String, String> states() {
		int told = this.statesTold.get();
		submit(new Command(null, null, "", false));
		await().atMost(Duration.ofMinutes(1))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> this.statesTold.get() > told || !isAlive());
		return Map.copyOf(this.states);
	}

	/**
	 * Stop the process in the middle of whatever it does.
	 */
	void pause() throws IOException, InterruptedException {
		signal("STOP");
	}

	/**
	 * Let the process continue.
	 */
	void resume() throws IOException, InterruptedException {
		signal("CONT");
	}

	private void signal(String name) throws IOException, InterruptedException {
		new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid())).start().waitFor();
	}

	String log() {
		try {
			return Files.readString(this.log);
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
