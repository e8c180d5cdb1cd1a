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

package com.handinger.spring.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.handinger.spring.support.ActuatorApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The actuator shows no secret, even if it may show all values.
 */
class ShownSecretsTests {

	private static final String SECRET = "5ecret";

	private static final String[] SHOW_ALL = { "--management.endpoint.env.show-values=always",
			"--management.endpoint.configprops.show-values=always", "--management.endpoint.quartz.show-values=always" };

	private static final List<String> PLACES = List.of("/env", "/configprops", "/configprops/handinger",
			"/env/handinger.api-key", "/env/handinger.apiKey", "/env/HANDINGER_API_KEY",
			"/env/handinger.webhook.tokens", "/env/handinger.webhook.tokens[0]".replace("[", "%5B").replace("]", "%5D"),
			"/env/HANDINGER_WEBHOOK_TOKENS", "/env/handinger.proxy.password", "/env/handinger.webhook.registration.url",
			"/env/MY_KEY", "/env/sun.java.command", "/env/SPRING_APPLICATION_JSON");

	static Stream<Source> sources() {
		String key = "hdg_" + SECRET;
		String token = "whk_" + SECRET;
		return Stream.of(
				new Source(Map.of(), "--handinger.api-key=" + key, "--handinger.webhook.tokens=" + token + ",b",
						"--handinger.proxy.host=localhost", "--handinger.proxy.username=joe",
						"--handinger.proxy.password=" + SECRET,
						"--handinger.webhook.registration.url=https://localhost/hook?key=" + SECRET,
						"--handinger.webhook.registration.worker-ids=wrk_1"),
				new Source(Map.of(), "--handinger.apiKey=plain" + SECRET,
						"--handinger.webhook.tokens[0]=plain" + SECRET, "--handinger.webhook.tokens[1]=other" + SECRET,
						"--handinger.webhook.token=" + SECRET),
				new Source(Map.of("HANDINGER_API_KEY", "plain" + SECRET, "HANDINGER_WEBHOOK_TOKENS",
						"plain" + SECRET + ",other" + SECRET, "HANDINGER_PROXY_PASSWORD", SECRET,
						"HANDINGER_PROXY_USERNAME", "joe")),
				new Source(Map.of("HANDINGER_APIKEY", SECRET, "HANDINGER_WEBHOOK_TOKENS_0", SECRET,
						"HANDINGER_WEBHOOK_TOKENS_1", "b" + SECRET)),
				new Source(Map.of("MY_KEY", "plain" + SECRET, "MY_TOKENS", "one" + SECRET + ",two" + SECRET),
						"--handinger.api-key=${MY_KEY}", "--handinger.webhook.tokens=${MY_TOKENS}"),
				new Source(Map.of("SPRING_APPLICATION_JSON",
						"{\"handinger\":{\"base-url\":\"https://localhost\",\"api-key\":\"plain" + SECRET
								+ "\",\"webhook\":{\"tokens\":[\"one" + SECRET + "\"]}}}")),
				new Source(
						Map.of("SPRING_APPLICATION_JSON",
								"{\"handinger.api-key\":\"old" + SECRET + "\",\"handinger.webhook.tokens\":\"old"
										+ SECRET + "\"}",
								"JAVA_TOOL_OPTIONS", "-Dhandinger.api-key=old" + SECRET),
						"--handinger.api-key=new" + SECRET));
	}

	@ParameterizedTest
	@MethodSource("sources")
	void secretsAreMaskedWhereverTheyComeFrom(Source source) {
		WebApplicationType type = source.environment().isEmpty() ? WebApplicationType.REACTIVE
				: WebApplicationType.SERVLET;
		try (ActuatorApplication application = ActuatorApplication.start(type, source.environment(),
				source.arguments(SHOW_ALL))) {
			for (String place : PLACES) {
				assertThat(application.get(place).body()).as(place).doesNotContain(SECRET);
			}
			JsonNode properties = application.json("/configprops/handinger").findValue("properties");
			assertThat(properties.get("apiKey").asString()).isEqualTo("******");
			assertThat(properties.get("readTimeout").asString()).isEqualTo("PT1M");
			assertThat(application.get("/env").body()).contains("handinger.retry.max-attempts");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void nothingThatTheActuatorShowsHasASecret(WebApplicationType type) {
		Source source = new Source(Map.of("HANDINGER_API_KEY", "env" + SECRET), "--handinger.api-key=hdg_" + SECRET,
				"--handinger.webhook.tokens=" + SECRET, "--handinger.base-url=http://localhost:1");
		try (ActuatorApplication application = ActuatorApplication.start(type, source.environment(),
				source.arguments(SHOW_ALL))) {
			List<String> links = application.json("")
				.get("_links")
				.valueStream()
				.map((link) -> link.get("href").asString())
				.map((href) -> href.substring(href.indexOf("/actuator") + "/actuator".length()))
				.filter((path) -> !path.contains("{") && !path.contains("heapdump"))
				.toList();
			assertThat(links).contains("/env", "/configprops", "/health", "/beans", "/conditions");
			for (String link : links) {
				assertThat(application.get(link).body()).as(link).doesNotContain(SECRET);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("modes")
	void secretsAreMaskedInEveryMode(String mode) {
		try (ActuatorApplication application = ActuatorApplication.start(WebApplicationType.SERVLET,
				"--handinger.api-key=hdg_" + SECRET, "--handinger.webhook.tokens=" + SECRET,
				"--management.endpoint.env.show-values=" + mode,
				"--management.endpoint.configprops.show-values=" + mode)) {
			for (String place : PLACES) {
				assertThat(application.get(place).body()).as(place).doesNotContain(SECRET);
			}
		}
	}

	static Stream<String> modes() {
		return Stream.of("never", "when_authorized");
	}

	@Test
	void commandLineOfTheProcessIsMasked() {
		String command = System.setProperty("sun.java.command", "app.jar --handinger.api-key=plain" + SECRET);
		String property = System.setProperty("handinger.webhook.tokens", "plain" + SECRET);
		try (ActuatorApplication application = ActuatorApplication.start(WebApplicationType.SERVLET,
				new Source(Map.of(), "--handinger.api-key=hdg_" + SECRET).arguments(SHOW_ALL))) {
			assertThat(application.get("/env").body()).contains("sun.java.command").doesNotContain(SECRET);
			assertThat(application.get("/env/sun.java.command").body()).doesNotContain(SECRET);
		}
		finally {
			restore("sun.java.command", command);
			restore("handinger.webhook.tokens", property);
		}
	}

	private static void restore(String name, String value) {
		if (value != null) {
			System.setProperty(name, value);
		}
		else {
			System.clearProperty(name);
		}
	}

	@Test
	void functionOfTheApplicationWinsByItsName() {
		SanitizingFunction function = (data) -> data;
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HandingerSanitizingAutoConfiguration.class))
			.withBean("handingerSanitizingFunction", SanitizingFunction.class, () -> function)
			.run((context) -> assertThat(context).getBean(SanitizingFunction.class).isSameAs(function));
	}

	@Test
	void functionsOfTheApplicationAreBesideOurs() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HandingerSanitizingAutoConfiguration.class))
			.withBean("theirs", SanitizingFunction.class, () -> (data) -> data)
			.run((context) -> assertThat(context).getBeans(SanitizingFunction.class).hasSize(2));
	}

	@Test
	void applicationWithoutTheActuatorStarts() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(SanitizingFunction.class))
			.withConfiguration(AutoConfigurations.of(HandingerSanitizingAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("handingerSanitizingFunction"));
	}

	/**
	 * Where the properties come from.
	 *
	 * @param environment the variables of the environment
	 * @param arguments the arguments of the command line
	 */
	private record Source(Map<String, Object> environment, List<String> arguments) {

		Source(Map<String, Object> environment, String... arguments) {
			this(environment, List.of(arguments));
		}

		String[] arguments(String... more) {
			return Stream.concat(this.arguments.stream(), Stream.of(more)).toArray(String[]::new);
		}

	}

}
