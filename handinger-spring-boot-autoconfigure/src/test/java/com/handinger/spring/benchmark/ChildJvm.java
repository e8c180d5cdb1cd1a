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

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JVM of its own, which is asked questions on its standard input and answers on its
 * standard output, with one line of JSON each.
 */
final class ChildJvm implements AutoCloseable {

	/**
	 * Where whatever else they print goes.
	 */
	static final Path LOG = Path.of("target", "benchmark.log").toAbsolutePath();

	private static final JsonMapper JSON = JsonMapper.shared();

	private final Process process;

	private final BufferedReader answers;

	private final PrintStream questions;

	private ChildJvm(Process process) {
		this.process = process;
		this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		this.questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
	}

	/**
	 * Start a JVM with the class path of this one.
	 * @param main the class to run
	 * @param options the options of the JVM
	 * @param arguments the arguments of the class
	 */
	static ChildJvm start(Class<?> main, List<String> options, String... arguments) {
		return start(System.getProperty("java.class.path"), main, options, arguments);
	}

	/**
	 * Start a JVM with a class path.
	 */
	static ChildJvm start(String classPath, Class<?> main, List<String> options, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-classpath", classPath, main.getName()));
		command.addAll(List.of(arguments));
		try {
			return new ChildJvm(new ProcessBuilder(command).redirectError(Redirect.appendTo(LOG.toFile())).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ask a question and wait for the answer.
	 */
	synchronized <T> T ask(Object question, Class<T> type) {
		this.questions.println(JSON.writeValueAsString(question));
		try {
			String answer = this.answers.readLine();
			if (answer == null) {
				throw new IllegalStateException("There was no answer to " + question + ": see " + LOG);
			}
			return JSON.readValue(answer, type);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Answer questions until there are no more. This is what a child does.
	 * @param questionType the type of the questions
	 * @param answerer gives what answers them
	 */
	static <T> void answer(Class<T> questionType, Callable<Function<T, ?>> answerer) throws Exception {
		PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
		// Whatever else is printed must not get between the answers.
		System.setOut(System.err);
		Function<T, ?> answer = answerer.call();
		BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		@Nullable String question;
		while ((question = questions.readLine()) != null) {
			answers.println(JSON.writeValueAsString(answer.apply(JSON.readValue(question, questionType))));
		}
		System.exit(0);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
