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

package com.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The documents of the repository: their snippets and their prose.
 */
final class Documents {

	static final Path ROOT = Path.of("..");

	private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private Documents() {
	}

	static List<Path> files() throws IOException {
		List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")));
		for (String directory : List.of("docs", ".github")) {
			try (Stream<Path> found = Files.walk(ROOT.resolve(directory))) {
				found.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(files::add);
			}
		}
		return files;
	}

	/**
	 * Return the snippets of all documents.
	 */
	static List<Fence> fences() throws IOException {
		List<Fence> fences = new ArrayList<>();
		for (Path document : files()) {
			Matcher matcher = FENCE.matcher(Files.readString(document));
			while (matcher.find()) {
				fences.add(new Fence(document, matcher.group(1), matcher.group(2)));
			}
		}
		return fences;
	}

	/**
	 * Return a document without its snippets.
	 */
	static String withoutFences(Path document) throws IOException {
		return FENCE.matcher(Files.readString(document)).replaceAll("");
	}

	/**
	 * Return the prose of a document, without its inline code.
	 */
	static String prose(Path document) throws IOException {
		return CODE.matcher(withoutFences(document)).replaceAll("");
	}

	/**
	 * Return the inline code of all documents.
	 */
	static List<String> codes() throws IOException {
		List<String> codes = new ArrayList<>();
		for (Path document : files()) {
			CODE.matcher(withoutFences(document)).results().map((code) -> code.group(1)).forEach(codes::add);
		}
		return codes;
	}

	/**
	 * A snippet of a document.
	 *
	 * @param document the document
	 * @param language the language
	 * @param content the content
	 */
	record Fence(Path document, String language, String content) {

		@Override
		public String toString() {
			return this.document + ": " + this.content.lines().findFirst().orElse("");
		}

	}

}
