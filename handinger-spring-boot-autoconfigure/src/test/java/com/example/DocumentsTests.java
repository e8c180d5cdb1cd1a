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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documents show is in files that are compiled or run, and their links lead
 * somewhere.
 */
class DocumentsTests {

	private static final Path ROOT = Path.of("..");

	private static final Path RESOURCES = Path.of("src", "test", "resources", "com", "example");

	private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");

	private static final Pattern LINK = Pattern.compile("\\[[^\\]]+]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern DEPENDENCY_VERSION = Pattern.compile("<version>(.+)</version>");

	private record Fence(Path document, String language, String content) {

		@Override
		public String toString() {
			return this.document + ": " + this.content.lines().findFirst().orElse("");
		}

	}

	private static List<Path> documents() throws IOException {
		List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CHANGELOG.md")));
		for (String directory : List.of("docs", ".github")) {
			try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
				files.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
			}
		}
		return documents;
	}

	private static List<Fence> fences() throws IOException {
		List<Fence> fences = new ArrayList<>();
		for (Path document : documents()) {
			Matcher matcher = FENCE.matcher(Files.readString(document));
			while (matcher.find()) {
				fences.add(new Fence(document, matcher.group(1), matcher.group(2)));
			}
		}
		return fences;
	}

	private static Stream<Fence> fences(String... languages) throws IOException {
		List<String> wanted = List.of(languages);
		return fences().stream().filter((fence) -> wanted.contains(fence.language()));
	}

	static Stream<Fence> java() throws IOException {
		return fences("java");
	}

	static Stream<Fence> settings() throws IOException {
		return fences("properties", "yaml");
	}

	static Stream<Fence> shell() throws IOException {
		return fences("shell");
	}

	static Stream<Fence> xml() throws IOException {
		return fences("xml");
	}

	static Stream<String> files() throws IOException {
		try (Stream<Path> files = Files.list(RESOURCES)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((file) -> file.endsWith(".properties") || file.endsWith(".yaml"))
				.toList()
				.stream();
		}
	}

	private static String sources(Path directory, String... endings) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			StringBuilder sources = new StringBuilder();
			for (Path file : files
				.filter((file) -> Stream.of(endings).anyMatch((ending) -> file.toString().endsWith(ending)))
				.sorted()
				.toList()) {
				sources.append(Files.readString(file)).append('\n');
			}
			return sources.toString();
		}
	}

	private static String withoutIndentation(String text) {
		return text.lines().map(String::strip).collect(Collectors.joining("\n", "", "\n"));
	}

	@Test
	void snippetsAreOfAKindThatIsTried() throws IOException {
		assertThat(fences()).extracting(Fence::language)
			.isSubsetOf("java", "properties", "yaml", "shell", "xml", "mermaid", "");
	}

	@ParameterizedTest
	@MethodSource("java")
	void codeIsCompiled(Fence fence) throws IOException {
		assertThat(withoutIndentation(sources(Path.of("src", "test", "java", "com", "example"), ".java")))
			.contains(withoutIndentation(fence.content()));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void settingsAreInAFile(Fence fence) throws IOException {
		assertThat(sources(RESOURCES, ".properties", ".yaml")).contains(fence.content());
	}

	@ParameterizedTest
	@MethodSource("files")
	void applicationStartsWithTheSettings(String file) {
		new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HandingerAutoConfiguration.class))
			.withPropertyValues("spring.config.import=classpath:com/example/" + file)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(HandingerProperties.class));
	}

	@ParameterizedTest
	@MethodSource("shell")
	void commandIsRunByTheBuild(Fence fence) throws IOException {
		String build = Files.readString(ROOT.resolve(".ci").resolve("run"))
			.replaceAll("\\\\\n\\s*", "")
			.replace(" --batch-mode --no-transfer-progress", "")
			.replace(" -DskipTests", "")
			.replace(" clean", "");
		assertThat(fence.content().lines()).isNotEmpty().allSatisfy((line) -> assertThat(build).contains(line));
	}

	@ParameterizedTest
	@MethodSource("xml")
	void dependencyIsThatOfTheBuild(Fence fence) throws IOException {
		Matcher version = DEPENDENCY_VERSION.matcher(fence.content());
		assertThat(version.find()).isTrue();
		assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains(">" + version.group(1) + "<");
	}

	@Test
	void linksLeadSomewhere() throws IOException {
		for (Path document : documents()) {
			Matcher link = LINK.matcher(Files.readString(document).replaceAll("(?ms)^```.*?^```$", ""));
			while (link.find()) {
				checkLink(document, link.group(1));
			}
		}
	}

	private static void checkLink(Path document, String link) throws IOException {
		URI uri = URI.create(link);
		if (uri.getScheme() != null) {
			assertThat(uri).as(document + ": " + link).hasScheme("https");
			assertThat(uri.getHost()).as(document + ": " + link).isNotBlank();
			return;
		}
		Path target = uri.getPath().isEmpty() ? document : document.resolveSibling(uri.getPath());
		assertThat(target).as(document + ": " + link).exists();
		if (uri.getFragment() != null) {
			assertThat(anchors(target)).as(document + ": " + link).contains(uri.getFragment());
		}
	}

	private static List<String> anchors(Path document) throws IOException {
		return HEADING.matcher(Files.readString(document))
			.results()
			.map((heading) -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
			.toList();
	}

	@Test
	void changelogTellsOfTheVersionThatIsBuilt() throws IOException {
		Matcher revision = Pattern.compile("<revision>(.+)</revision>")
			.matcher(Files.readString(ROOT.resolve("pom.xml")));
		assertThat(revision.find()).isTrue();
		String version = revision.group(1);
		assertThat(Files.readString(ROOT.resolve("CHANGELOG.md")))
			.contains(version.endsWith("-SNAPSHOT") ? "## [Unreleased]\n" : "## [" + version + "] - ");
	}

	@Test
	void exampleOfARunCompilesAgainstTheClient() {
		TasksClient.application()
			.withPropertyValues("handinger.api-key=hdg_test_1")
			.withBean(Comparisons.class)
			.run((context) -> assertThat(context).hasSingleBean(Comparisons.class));
	}

	@Test
	void exampleOfConnectionDetailsTakesTheirPlace() {
		TasksClient.application().withBean(VaultDetails.class).run((context) -> {
			VaultDetails details = context.getBean(VaultDetails.class);
			details.rotate("hdg_test_second");
			assertThat(details.getApiKey()).isEqualTo("hdg_test_second");
			assertThat(context.getBean(HandingerConnectionDetails.class)).isSameAs(details);
		});
	}

}
