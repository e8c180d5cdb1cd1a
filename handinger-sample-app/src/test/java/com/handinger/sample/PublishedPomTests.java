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

package com.handinger.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the published artifacts. The sample is built last, when the poms of the other
 * modules exist.
 */
class PublishedPomTests {

	private static Element published(String module) throws Exception {
		return pom(module, ".flattened-pom.xml");
	}

	private static Element pom(String module, String file) throws Exception {
		return DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(Path.of("..", module, file).toFile())
			.getDocumentElement();
	}

	private static List<Element> children(Element element) {
		List<Element> children = new ArrayList<>();
		for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
			if (child instanceof Element found) {
				children.add(found);
			}
		}
		return children;
	}

	private static String text(Element element, String path) {
		assertThat(find(element, path)).as(path).hasSize(1);
		return find(element, path).get(0).getTextContent();
	}

	private static List<Element> find(Element element, String path) {
		List<Element> found = List.of(element);
		for (String name : path.split("/")) {
			found = found.stream()
				.flatMap((each) -> children(each).stream())
				.filter((child) -> child.getTagName().equals(name))
				.toList();
		}
		return found;
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", "handinger-spring-boot-autoconfigure", "handinger-spring-boot-starter",
			"handinger-spring-boot-test" })
	void pomMeetsTheRequirementsOfMavenCentral(String module) throws Exception {
		Element pom = published(module);
		for (String path : List.of("groupId", "artifactId", "version", "name", "description", "url",
				"licenses/license/name", "licenses/license/url", "developers/developer/name", "scm/connection",
				"scm/developerConnection", "scm/url")) {
			assertThat(find(pom, path)).as(path)
				.isNotEmpty()
				.allSatisfy((element) -> assertThat(element.getTextContent()).isNotBlank().doesNotContain("${"));
		}
		assertThat(text(pom, "groupId")).isEqualTo("com.handinger");
		assertThat(text(pom, "version")).isEqualTo(text(pom(".", "pom.xml"), "properties/revision"));
		assertThat(text(pom, "scm/url")).doesNotEndWith(module);
	}

	@ParameterizedTest
	@ValueSource(strings = { "handinger-spring-boot-autoconfigure", "handinger-spring-boot-starter",
			"handinger-spring-boot-test" })
	void pomIsSelfContained(String module) throws Exception {
		Element pom = published(module);
		for (String path : List.of("parent", "dependencyManagement", "repositories", "pluginRepositories", "profiles",
				"build")) {
			assertThat(find(pom, path)).as(path).isEmpty();
		}
		assertThat(find(pom, "dependencies/dependency")).isNotEmpty().allSatisfy((dependency) -> {
			assertThat(text(dependency, "version")).isNotBlank().doesNotContain("${");
			if (!text(dependency, "groupId").equals("com.handinger")) {
				assertThat(text(dependency, "version")).doesNotContain("SNAPSHOT");
			}
			assertThat(find(dependency, "scope")).extracting(Element::getTextContent).doesNotContain("test", "system");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "handinger-spring-boot-autoconfigure", "handinger-spring-boot-starter" })
	void requiredDependenciesAreSpringBootsOwn(String module) throws Exception {
		assertThat(find(published(module), "dependencies/dependency"))
			.filteredOn((dependency) -> find(dependency, "optional").isEmpty())
			.isNotEmpty()
			.extracting((dependency) -> text(dependency, "groupId"))
			.isSubsetOf("com.handinger", "org.springframework.boot");
	}

	@Test
	void testModuleBringsNeitherTheStarterNorATestFramework() throws Exception {
		assertThat(find(published("handinger-spring-boot-test"), "dependencies/dependency"))
			.filteredOn((dependency) -> find(dependency, "optional").isEmpty())
			.isNotEmpty()
			.extracting((dependency) -> text(dependency, "artifactId"))
			.isSubsetOf("jackson-databind", "reactor-netty-http", "spring-context", "spring-webflux");
	}

	@ParameterizedTest
	@ValueSource(strings = { "handinger-spring-boot-autoconfigure", "handinger-spring-boot-starter",
			"handinger-spring-boot-test" })
	void releaseHasSourcesJavadocAndABillOfMaterials(String module) throws Exception {
		Element pom = pom(module, "pom.xml");
		List<Element> release = find(pom, "profiles/profile").stream()
			.filter((profile) -> text(profile, "id").equals("release"))
			.toList();
		assertThat(release).hasSize(1);
		assertThat(attached(pom)).containsExactly("attach-sources");
		assertThat(attached(release.get(0))).containsExactlyInAnyOrder("attach-javadoc", "attach-sbom");
	}

	private static List<String> attached(Element owner) {
		return find(owner, "build/plugins/plugin/executions/execution/id").stream()
			.map(Element::getTextContent)
			.filter((id) -> id.startsWith("attach-"))
			.toList();
	}

	@Test
	void sampleIsNotPublished() throws Exception {
		assertThat(text(pom("handinger-sample-app", "pom.xml"), "properties/maven.deploy.skip")).isEqualTo("true");
	}

}
