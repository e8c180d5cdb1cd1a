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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.example.Documents.Fence;
import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.support.Metadata;
import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the snippets of the documentation are compiled or run, and that the names in
 * it exist.
 */
class DocumentsTests {

	private static final Path EXAMPLES = Path.of("src", "test", "java", "com", "example");

	private static final Path RESOURCES = Path.of("src", "test", "resources", "com", "example");

	private static final Pattern OTHER_SNIPPET = Pattern.compile("```|~~~|\\n\\s*\\n(?: {4}|\\t)|<[a-zA-Z/!]");

	private static final Pattern EXPRESSION = Pattern.compile("(?s)[A-Z]\\w+\\.\\w+\\(.*");

	private static final Pattern SETTING = Pattern.compile("(handinger(?:\\.[a-z0-9-]+)+)(?:\\.\\*|=.*)?");

	private static final Pattern LAST_COLUMN = Pattern.compile("(?m)^\\|.*\\|([^|]*)\\|$");

	private static final Pattern NAME = Pattern.compile("`(\\w+)`");

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)\\.(\\w+)`");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}]+)}");

	private static Stream<Fence> fences(String... languages) throws IOException {
		List<String> wanted = List.of(languages);
		return Documents.fences().stream().filter((fence) -> wanted.contains(fence.language()));
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

	private static final Path SIMULATOR = Documents.ROOT.resolve("handinger-spring-boot-test");

	private static String examples() throws IOException {
		return sources(EXAMPLES) + sources(SIMULATOR.resolve(EXAMPLES));
	}

	private static String sources(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			StringBuilder sources = new StringBuilder();
			for (Path file : files.filter((file) -> file.toString().endsWith(".java")).sorted().toList()) {
				sources.append(Files.readString(file)).append('\n');
			}
			return sources.toString();
		}
	}

	private static String withoutIndentation(String text) {
		return text.lines().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
	}

	private static String pom() throws IOException {
		return Files.readString(Documents.ROOT.resolve("pom.xml"));
	}

	private static String property(String name) {
		try {
			Matcher value = Pattern.compile("<" + Pattern.quote(name) + ">(.+)</").matcher(pom());
			assertThat(value.find()).as(name).isTrue();
			return value.group(1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void snippetsHaveATestedLanguage() throws IOException {
		assertThat(Documents.fences()).extracting(Fence::language)
			.isSubsetOf("java", "properties", "yaml", "shell", "xml", "mermaid", "text");
	}

	@Test
	void snippetsAreFenced() throws IOException {
		for (Path document : Documents.files()) {
			assertThat(Documents.prose(document)).as(document.toString()).doesNotContainPattern(OTHER_SNIPPET);
		}
	}

	@ParameterizedTest
	@MethodSource("java")
	void codeIsCompiled(Fence fence) throws IOException {
		assertThat(withoutIndentation(examples())).contains(withoutIndentation(fence.content()));
		assertThat(fence.content().replaceAll("[^{]", "")).hasSameSizeAs(fence.content().replaceAll("[^}]", ""));
	}

	@Test
	void codeWithinSentencesIsCompiled() throws IOException {
		String examples = examples();
		assertThat(Documents.codes()).filteredOn((code) -> EXPRESSION.matcher(code).matches())
			.isNotEmpty()
			.allSatisfy((code) -> assertThat(examples).contains(code));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void settingsAreInAFile(Fence fence) throws IOException {
		List<String> settings = new ArrayList<>();
		for (String file : files().toList()) {
			settings.add(Files.readString(RESOURCES.resolve(file)));
		}
		assertThat(settings).contains(fence.content());
	}

	@ParameterizedTest
	@MethodSource("files")
	void applicationStartsWithTheSettings(String file) {
		new ApplicationContextRunner().withInitializer(new ConfigDataApplicationContextInitializer())
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HandingerAutoConfiguration.class))
			.withPropertyValues("spring.config.import=classpath:com/example/" + file)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(HandingerProperties.class);
				assertThat(context.getEnvironment().getPropertySources())
					.filteredOn((source) -> source.getName().contains(file))
					.isNotEmpty()
					.allSatisfy((source) -> assertThat(((EnumerablePropertySource<?>) source).getPropertyNames())
						.filteredOn((name) -> name.startsWith("handinger."))
						.isSubsetOf(properties()));
			});
	}

	@Test
	void namedPropertiesAndMetersExist() throws IOException {
		String main = sources(Path.of("src", "main", "java"));
		assertThat(Documents.codes()).extracting(SETTING::matcher)
			.filteredOn(Matcher::matches)
			.extracting((setting) -> setting.group(1))
			.isNotEmpty()
			.allMatch((name) -> isProperty(name) || isMeter(main, name));
	}

	private static List<String> properties() {
		return Metadata.properties().stream().map(Metadata.Property::name).toList();
	}

	/**
	 * Return whether there is a property with this name or prefix.
	 */
	private static boolean isProperty(String name) {
		return properties().stream().anyMatch((property) -> (property + ".").startsWith(name + "."));
	}

	/**
	 * Return whether there is a meter with this name, which the code may assemble from
	 * two parts.
	 */
	private static boolean isMeter(String main, String name) {
		for (int end = name.length(); end > 0; end = name.lastIndexOf('.', end - 1)) {
			int split = Math.min(end + 1, name.length());
			String rest = name.substring(split);
			if (main.contains('"' + name.substring(0, split) + '"')
					&& (rest.isEmpty() || main.contains('"' + rest + '"'))) {
				return true;
			}
		}
		return false;
	}

	@ParameterizedTest
	@MethodSource("shell")
	void commandIsRunByTheBuild(Fence fence) throws IOException {
		String build = Files.readString(Documents.ROOT.resolve(".ci").resolve("run"))
			.replaceAll("(?m)^\\s*#.*$", "")
			.replaceAll("\\\\\n\\s*", "")
			.replaceAll(" --batch-mode| --no-transfer-progress| -DskipTests| clean| -sf", "");
		assertThat(fence.content().lines()).isNotEmpty()
			.allSatisfy((line) -> assertThat(build)
				.containsPattern("(?m)(?:^|[ (])" + Pattern.quote(line) + "(?:$|\\)| -D)"));
	}

	@ParameterizedTest
	@MethodSource("xml")
	void dependencyMatchesTheBuild(Fence fence) throws IOException {
		String poms = PLACEHOLDER.matcher(pom()).replaceAll((placeholder) -> property(placeholder.group(1)))
				+ Files.readString(Path.of("pom.xml"));
		assertThat(withoutScope(poms)).contains(withoutScope(fence.content()));
	}

	private static String withoutScope(String xml) {
		return withoutIndentation(xml.replaceAll("\\s*<(scope>test</scope|optional>true</optional)>", ""));
	}

	@Test
	void changelogHasTheCurrentVersion() throws IOException {
		String version = property("revision");
		assertThat(Files.readString(Documents.ROOT.resolve("CHANGELOG.md")))
			.contains(version.endsWith("-SNAPSHOT") ? "## [Unreleased]\n" : "## [" + version + "] - ");
	}

	@Test
	void versionsMatchTheBuild() throws IOException {
		String readme = Files.readString(Documents.ROOT.resolve("README.md"));
		String build = Files.readString(Documents.ROOT.resolve(".ci").resolve("run"));
		Matcher boot = Pattern.compile("other_boot_versions=\\(([^)]+)\\)").matcher(build);
		Matcher java = Pattern.compile("for version in (\\d+) (\\d+);").matcher(build);
		assertThat(boot.find() && java.find()).isTrue();
		Stream<String> released = Stream.of(boot.group(1).split(" ")).filter((version) -> !version.contains("-"));
		String versions = Stream.concat(released, Stream.of(property("spring-boot.version")))
			.collect(Collectors.joining(", "));
		assertThat(readme).contains("| " + versions + " |\n")
			.contains("| " + java.group(1) + ", " + java.group(2) + " |\n");
	}

	@Test
	void ownersOfRulesExist() throws IOException {
		List<String> types = new ArrayList<>(typeNames(Path.of("src", "main", "java")));
		types.addAll(typeNames(SIMULATOR.resolve(Path.of("src", "main", "java"))));
		assertThat(lastColumn("Where a rule lives")).isSubsetOf(types);
	}

	@Test
	void testsOfPromisesExist() throws IOException {
		List<String> tests = new ArrayList<>(typeNames(Path.of("src", "test", "java")));
		for (String module : List.of("handinger-spring-boot-test", "handinger-sample-app")) {
			tests.addAll(typeNames(Documents.ROOT.resolve(Path.of(module, "src", "test", "java"))));
		}
		assertThat(lastColumn("Promises and the tests that hold them")).isSubsetOf(tests);
	}

	@Test
	void testsOfGuaranteesExist() throws IOException {
		String tests = sources(Path.of("src", "test", "java"));
		for (String module : List.of("handinger-spring-boot-test", "handinger-sample-app")) {
			tests += sources(Documents.ROOT.resolve(Path.of(module, "src", "test", "java")));
		}
		String guarantees = Files.readString(Documents.ROOT.resolve("docs").resolve("guarantees.md"));
		assertThat(TEST.matcher(guarantees).results()).hasSizeGreaterThan(20);
		assertThat(TEST.matcher(guarantees).results().map((test) -> "void " + test.group(2) + "("))
			.allMatch(tests::contains);
		assertThat(TEST.matcher(guarantees).results().map((test) -> "\nclass " + test.group(1) + " {"))
			.allMatch(tests::contains);
	}

	/**
	 * Return the codes in the last column of the table in a section of the internals.
	 */
	private static List<String> lastColumn(String section) throws IOException {
		String internals = Files.readString(Documents.ROOT.resolve("docs").resolve("internals.md"));
		String table = internals.substring(internals.indexOf("## " + section + "\n"));
		List<String> codes = LAST_COLUMN.matcher(table.split("\n## ")[0])
			.results()
			.flatMap((row) -> NAME.matcher(row.group(1)).results())
			.map((name) -> name.group(1))
			.toList();
		assertThat(codes).hasSizeGreaterThan(10);
		return codes;
	}

	private static List<String> typeNames(Path directory) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((file) -> file.endsWith(".java"))
				.map((file) -> file.substring(0, file.length() - ".java".length()))
				.toList();
		}
	}

	@Test
	void exampleOfARunCompilesAgainstTheClient() {
		TasksClient.application()
			.withPropertyValues("handinger.api-key=hdg_test_1")
			.withBean(Comparisons.class)
			.run((context) -> assertThat(context).hasSingleBean(Comparisons.class));
	}

	@Test
	void exampleOfConnectionDetailsReplacesTheProperties() {
		TasksClient.application().withBean(VaultDetails.class).run((context) -> {
			VaultDetails details = context.getBean(VaultDetails.class);
			details.rotate("hdg_test_second");
			assertThat(details.getApiKey()).isEqualTo("hdg_test_second");
			assertThat(context.getBean(HandingerConnectionDetails.class)).isSameAs(details);
		});
	}

	@Test
	void exampleOfAStoreKeepsClaims() {
		EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
			.generateUniqueName(true)
			.addScript("org/springframework/integration/jdbc/schema-h2.sql")
			.build();
		try {
			TasksClient.application()
				.withBean(DataSource.class, () -> database)
				.withUserConfiguration(SharedClaims.class)
				.run((context) -> {
					JdbcMetadataStore store = context.getBean(JdbcMetadataStore.class);
					assertThat(store.putIfAbsent("tsk_1#1", "first")).isNull();
					assertThat(store.putIfAbsent("tsk_1#1", "second")).isEqualTo("first");
				});
		}
		finally {
			database.shutdown();
		}
	}

}
