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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What a part of the benchmark has found.
 *
 * @param title what was measured, and how
 * @param columns what the cells of a row mean
 * @param rows what was measured
 * @param aims what was aimed at
 */
record Findings(String title, @JsonIgnore List<String> columns, List<? extends Row> rows, List<Aim> aims) {

	/**
	 * Return the findings as text.
	 */
	String table() {
		List<List<String>> lines = new ArrayList<>();
		lines.add(this.columns);
		this.rows.forEach((row) -> lines.add(row.cells()));
		return "\n" + this.title + "\n" + aligned(lines) + "\n" + aligned(this.aims.stream().map(Aim::cells).toList());
	}

	private static String aligned(List<List<String>> lines) {
		int columns = lines.stream().mapToInt(List::size).max().orElse(0);
		int[] widths = IntStream.range(0, columns)
			.map((column) -> lines.stream().mapToInt((line) -> line.get(column).length()).max().orElse(0))
			.toArray();
		return lines.stream()
			.map((line) -> IntStream.range(0, columns)
				.mapToObj((column) -> line.get(column) + " ".repeat(widths[column] - line.get(column).length()))
				.collect(Collectors.joining("  "))
				.stripTrailing() + "\n")
			.collect(Collectors.joining());
	}

	/**
	 * A row of the table.
	 */
	interface Row {

		List<String> cells();

	}

	/**
	 * A figure that is aimed at.
	 *
	 * @param aim the aim
	 * @param measured what was measured
	 * @param met whether that is good enough
	 */
	record Aim(String aim, String measured, boolean met) implements Row {

		@Override
		public List<String> cells() {
			return List.of(this.met ? "met" : "MISSED", this.aim, this.measured);
		}

	}

}
