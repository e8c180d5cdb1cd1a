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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.handinger.spring.benchmark.Findings.Aim;
import com.handinger.spring.benchmark.StartUp.Measured;

/**
 * What the starter adds to an empty WebFlux application. Each start is that of a new JVM,
 * and the two applications take turns.
 */
final class StartUpBenchmark {

	private static final List<String> JVM_OPTIONS = List.of("-Xmx512m");

	/**
	 * Its jar is not on the class path.
	 */
	private static final int STARTER = 1;

	/**
	 * What the tests of the webhook need is no part of an empty WebFlux application.
	 */
	private static final Pattern OF_OTHER_TESTS = Pattern
		.compile("^(spring-(security|integration|messaging|jdbc|tx|webmvc)"
				+ "|spring-boot-(starter-)?(security|integration|jdbc|sql|transaction|webmvc|servlet|tomcat|jetty|h2)"
				+ "|tomcat-|jetty-|jakarta\\.servlet|h2-|HikariCP|jsonschema-generator)");

	private final int starts;

	private final Path jar;

	StartUpBenchmark(int starts, Path jar) {
		this.starts = starts;
		this.jar = jar;
	}

	Findings run() {
		String withStarter = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !OF_OTHER_TESTS.matcher(Path.of(entry).getFileName().toString()).find())
			.collect(Collectors.joining(File.pathSeparator));
		String without = Stream.of(withStarter.split(File.pathSeparator))
			.filter((entry) -> !Path.of(entry).endsWith(Path.of("target", "classes")))
			.collect(Collectors.joining(File.pathSeparator));
		List<Measured> base = new ArrayList<>();
		List<Measured> ours = new ArrayList<>();
		// The first start of each only fills the caches of the system.
		for (int start = 0; start <= this.starts; start++) {
			System.out.println("Start " + start + " of " + this.starts);
			Measured baseStart = start(without, StartUp.PlainApplication.class);
			Measured ourStart = start(withStarter, StartUp.HandingerApplication.class);
			if (start > 0) {
				base.add(baseStart);
				ours.add(ourStart);
			}
		}
		List<Row> rows = List.of(Row.of("with a WebClient", base), Row.of("with the starter", ours));
		return new Findings(
				"Start-up: an empty WebFlux application, median (least–most) of " + this.starts
						+ " JVMs each, started in turns",
				List.of("", "refresh ms", "CPU ms", "classes", "live heap KiB"), rows,
				aims(rows.get(0), rows.get(1), entries(withStarter) - entries(without) + STARTER));
	}

	private static int entries(String classPath) {
		return classPath.split(File.pathSeparator).length;
	}

	private static Measured start(String classPath, Class<?> application) {
		try (ChildJvm jvm = ChildJvm.start(classPath, StartUp.class, JVM_OPTIONS, application.getName())) {
			return jvm.ask(Map.of(), Measured.class);
		}
	}

	private List<Aim> aims(Row base, Row ours, int jars) {
		double kibibytes = size(this.jar) / 1024.0;
		double cpu = 100 * (ours.cpuMillis().median() / base.cpuMillis().median() - 1);
		double classes = ours.classes().median() - base.classes().median();
		double heap = (ours.heapKibibytes().median() - base.heapKibibytes().median()) / 1024;
		return List.of(
				new Aim("start-up: at most three jars and 330 KiB more",
						String.format(Locale.ROOT,
								"%d with that of the starter, which has no code; %.0f KiB without it", jars, kibibytes),
						jars <= 3 && kibibytes <= 330),
				aim("at most 5% of CPU more", "%.1f%%", cpu, 5), aim("at most 150 classes more", "%.0f", classes, 150),
				aim("at most 0.4 MiB of live heap more", "%.2f MiB", heap, 0.4));
	}

	private static Aim aim(String aim, String format, double measured, double limit) {
		return new Aim("start-up: " + aim, String.format(Locale.ROOT, format, measured), measured <= limit);
	}

	private static long size(Path file) {
		try {
			return Files.size(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What the starts of an application have taken.
	 *
	 * @param application the application
	 * @param millis the time to the end of the refresh of the context, from its start
	 * @param cpuMillis the CPU by then, from the start of the JVM
	 * @param classes the classes loaded by then
	 * @param heapKibibytes the live heap
	 */
	record Row(String application, Spread millis, Spread cpuMillis, Spread classes,
			Spread heapKibibytes) implements Findings.Row {

		static Row of(String application, List<Measured> starts) {
			return new Row(application, spread(starts, Measured::millis), spread(starts, Measured::cpuMillis),
					spread(starts, Measured::classes), spread(starts, Measured::heapKibibytes));
		}

		private static Spread spread(List<Measured> starts, ToDoubleFunction<Measured> figure) {
			return Spread.of(starts.stream().mapToDouble(figure));
		}

		@Override
		public List<String> cells() {
			return List.of(this.application, this.millis.toString(0), this.cpuMillis.toString(0),
					this.classes.toString(0), this.heapKibibytes.toString(0));
		}

	}

}
