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
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the links of the documentation resolve. Links to other hosts are not
 * followed.
 */
class DocumentLinksTests {

	private static final Pattern LINK = Pattern.compile("\\[[^\\[\\]]*]\\(([^()]*)\\)");

	private static final Pattern DEFINITION = Pattern.compile("(?m)^\\[([^\\[\\]]+)]:(.*)$");

	private static final Pattern LABEL = Pattern.compile("\\[([^\\[\\]]+)](?![(:])");

	private static final Pattern ADDRESS = Pattern.compile("(?<![(\\w])\\w+://[^\\s,)]+");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	static List<Path> documents() throws IOException {
		return Documents.files();
	}

	@ParameterizedTest
	@MethodSource("documents")
	void linksResolve(Path document) throws IOException {
		Matcher link = LINK.matcher(Documents.prose(document));
		while (link.find()) {
			checkLink(document, link.group(1));
		}
	}

	@ParameterizedTest
	@MethodSource("documents")
	void labelsResolve(Path document) throws IOException {
		String prose = Documents.prose(document);
		List<String> defined = DEFINITION.matcher(prose).results().map((found) -> found.group(1)).toList();
		assertThat(LABEL.matcher(prose).results().map((found) -> found.group(1))).isSubsetOf(defined);
		Matcher definition = DEFINITION.matcher(prose);
		while (definition.find()) {
			checkLink(document, definition.group(2).strip());
		}
	}

	@ParameterizedTest
	@MethodSource("documents")
	void addressesAreLocalOrHttps(Path document) throws IOException {
		assertThat(ADDRESS.matcher(Documents.prose(document)).results().map((found) -> URI.create(found.group())))
			.allSatisfy((address) -> {
				if (!"localhost".equals(address.getHost())) {
					assertThat(address).hasScheme("https");
				}
			});
	}

	private static void checkLink(Path document, String link) throws IOException {
		URI uri = URI.create(link);
		if (uri.getScheme() != null) {
			assertThat(uri).as(document + ": " + link).hasScheme("https");
			assertThat(uri.getHost()).as(document + ": " + link).contains(".");
			return;
		}
		Path target = uri.getPath().isEmpty() ? document : document.resolveSibling(uri.getPath());
		assertThat(target).as(document + ": " + link).exists();
		// Also checks the case on file systems that ignore it.
		Path root = Documents.ROOT.toRealPath();
		assertThat(root.relativize(target.toRealPath())).as(document + ": " + link)
			.isEqualTo(Documents.ROOT.relativize(target).normalize());
		if (uri.getFragment() != null) {
			assertThat(anchors(target)).as(document + ": " + link).contains(uri.getFragment());
		}
	}

	private static List<String> anchors(Path document) throws IOException {
		return HEADING.matcher(Documents.withoutFences(document))
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
			.toList();
	}

}
