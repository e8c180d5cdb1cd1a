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

package com.handinger.spring.webhook;

import java.util.Map;
import java.util.stream.Stream;

import com.handinger.spring.support.StartFailure;
import jakarta.servlet.http.HttpServlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RequestPredicates.GET;
import static org.springframework.web.servlet.function.RequestPredicates.POST;
import static org.springframework.web.servlet.function.RequestPredicates.accept;
import static org.springframework.web.servlet.function.RequestPredicates.contentType;
import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.path;

/**
 * A webhook that would not work keeps the application from starting, and says why.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookStartFailureTests {

	private static final String PATH = "/handinger/webhook";

	private static final String[] WEBHOOK = { "handinger.api-key=hdg_test_5ecret",
			"handinger.webhook.tokens=whk_5ecret" };

	private static final WebApplicationType SERVLET = WebApplicationType.SERVLET;

	private static final WebApplicationType REACTIVE = WebApplicationType.REACTIVE;

	private static String[] with(String... properties) {
		return Stream.of(WEBHOOK, properties).flatMap(Stream::of).toArray(String[]::new);
	}

	private static void starts(WebApplicationType type, Class<?> application, String... properties) {
		try (ConfigurableApplicationContext context = StartFailure.none(type, application, properties)) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void twoClaimStores(CapturedOutput output) {
		assertThat(StartFailure.of(output, SERVLET, TwoStores.class, WEBHOOK))
			.contains("there are 2: the beans firstStore, secondStore", "@Primary", "ConcurrentMetadataStore")
			.doesNotContain("5ecret");
	}

	@Test
	void twoClaimStoresOfWhichOneIsPreferred() {
		starts(SERVLET, TwoStoresAndAPrimary.class, WEBHOOK);
		starts(SERVLET, StoreForSomethingElse.class, WEBHOOK);
	}

	@Test
	void twoClaimStoresWithoutAWebhook() {
		starts(SERVLET, TwoStores.class);
	}

	static Stream<Arguments> mapped() {
		return Stream.of(Arguments.of(SERVLET, Annotated.class, Annotated.class.getName() + "#receive"),
				Arguments.of(REACTIVE, Annotated.class, Annotated.class.getName() + "#receive"),
				Arguments.of(SERVLET, AnnotatedForAll.class, AnnotatedForAll.class.getName() + "#any"),
				Arguments.of(REACTIVE, AnnotatedForAll.class, AnnotatedForAll.class.getName() + "#any"),
				Arguments.of(SERVLET, OtherHandlerMapping.class, Annotated.class.getName() + "#receive"),
				Arguments.of(SERVLET, Routed.class, "a RouterFunction of " + Routed.class.getName()),
				Arguments.of(SERVLET, RoutedInNests.class, "a RouterFunction of " + RoutedInNests.class.getName()),
				Arguments.of(REACTIVE, ReactiveRouted.class, "a RouterFunction of " + ReactiveRouted.class.getName()),
				Arguments.of(REACTIVE, ReactiveRoutedInNests.class,
						"a RouterFunction of " + ReactiveRoutedInNests.class.getName()),
				Arguments.of(SERVLET, MappedByUrl.class, MappedByUrl.class.getName()),
				Arguments.of(SERVLET, MappedByBeanName.class, MappedByBeanName.class.getName()),
				Arguments.of(REACTIVE, ReactiveMappedByUrl.class, ReactiveMappedByUrl.class.getName()),
				Arguments.of(SERVLET, WithServlet.class, "the servlet hooks"));
	}

	@ParameterizedTest
	@MethodSource("mapped")
	void pathThatTheApplicationMaps(WebApplicationType type, Class<?> application, String handler,
			CapturedOutput output) {
		assertThat(StartFailure.of(output, type, application, WEBHOOK))
			.contains(PATH + " (handinger.webhook.path)", handler, "Set handinger.webhook.path to another path")
			.doesNotContain("5ecret");
	}

	@Test
	void pathThatTheApplicationMapsWithoutAWebhook() {
		starts(SERVLET, Annotated.class);
		starts(REACTIVE, Annotated.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SERVLET", "REACTIVE" })
	void pathThatTheApplicationMapsWithLazyBeans(WebApplicationType type, CapturedOutput output) {
		assertThat(StartFailure.of(output, type, Annotated.class, with("spring.main.lazy-initialization=true")))
			.contains(Annotated.class.getName() + "#receive");
	}

	@Test
	void pathThatTheApplicationMapsBelowItsOwn(CapturedOutput output) {
		assertThat(StartFailure.of(output, SERVLET, Annotated.class,
				with("server.servlet.context-path=/app", "spring.mvc.servlet.path=/api")))
			.contains(Annotated.class.getName() + "#receive");
		assertThat(StartFailure.of(output, REACTIVE, Annotated.class, with("spring.webflux.base-path=/app")))
			.contains(Annotated.class.getName() + "#receive");
	}

	@Test
	void anotherPathIsFree() {
		starts(SERVLET, Annotated.class, with("handinger.webhook.path=/hooks/handinger"));
		starts(SERVLET, WithServlet.class, with("spring.mvc.servlet.path=/api"));
	}

	@ParameterizedTest
	@ValueSource(classes = { CatchAll.class, Reading.class, RoutedElsewhere.class })
	void whatOnlyCoversThePathIsNoMatter(Class<?> application) {
		starts(SERVLET, application, WEBHOOK);
	}

	@ParameterizedTest
	@ValueSource(classes = { CatchAll.class, Reading.class, ReactiveRoutedElsewhere.class })
	void whatOnlyCoversThePathIsNoMatterInAReactiveApplication(Class<?> application) {
		starts(REACTIVE, application, WEBHOOK);
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoStores {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoStoresAndAPrimary {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean
		@Primary
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StoreForSomethingElse {

		@Bean
		ConcurrentMetadataStore firstStore() {
			return new SimpleMetadataStore();
		}

		@Bean(defaultCandidate = false)
		ConcurrentMetadataStore secondStore() {
			return new SimpleMetadataStore();
		}

	}

	@RestController
	@RequestMapping("/handinger")
	static class Annotated {

		@PostMapping({ "/other", "/webhook" })
		String receive() {
			return "";
		}

	}

	@RestController
	static class AnnotatedForAll {

		@RequestMapping(path = PATH, headers = "X-Any")
		String any() {
			return "";
		}

	}

	@RestController
	static class Reading {

		@GetMapping(PATH)
		String read() {
			return "";
		}

		@PostMapping({ PATH + "/other", PATH + "s", "/handinger" })
		String others() {
			return "";
		}

	}

	@RestController
	static class CatchAll {

		@RequestMapping("/**")
		String all() {
			return "";
		}

		@PostMapping({ "/{*path}", "/handinger/{name}", "/handinger/*", "/handinger/{name:webhook}" })
		String some() {
			return "";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Annotated.class)
	static class OtherHandlerMapping {

		@Bean
		RequestMappingHandlerMapping mappingOfTheApplication() {
			RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
			mapping.setOrder(-1);
			return mapping;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routed {

		@Bean
		RouterFunction<?> routes() {
			return RouterFunctions.route(GET(PATH).or(POST(PATH).and(contentType(MediaType.APPLICATION_JSON))),
					(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RoutedInNests {

		@Bean
		RouterFunction<?> routes() {
			return RouterFunctions.route()
				.GET(PATH, (request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())
				.path("/handinger",
						(builder) -> builder.nest(accept(MediaType.APPLICATION_JSON), (inner) -> inner.POST("/webhook",
								(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RoutedElsewhere {

		@Bean
		RouterFunction<?> routes() {
			return RouterFunctions.route()
				.GET(PATH, (request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())
				.path("/handinger",
						(builder) -> builder.POST("/other",
								(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build()))
				.POST("/webhook", (request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())
				.add(RouterFunctions.route(path(PATH).negate(),
						(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build()))
				.add(RouterFunctions.route(method(HttpMethod.POST),
						(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build()))
				.add(RouterFunctions.nest(method(HttpMethod.GET),
						RouterFunctions.route(path(PATH),
								(request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())))
				.POST("/**", (request) -> org.springframework.web.servlet.function.ServerResponse.ok().build())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveRouted {

		@Bean
		org.springframework.web.reactive.function.server.RouterFunction<ServerResponse> routes() {
			return org.springframework.web.reactive.function.server.RouterFunctions.route()
				.POST(PATH, (request) -> ServerResponse.ok().build())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveRoutedInNests {

		@Bean
		org.springframework.web.reactive.function.server.RouterFunction<ServerResponse> routes() {
			return org.springframework.web.reactive.function.server.RouterFunctions.route()
				.path("/handinger",
						(builder) -> builder.nest((request) -> true,
								(inner) -> inner.POST("/webhook", (request) -> ServerResponse.ok().build())))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveRoutedElsewhere {

		@Bean
		org.springframework.web.reactive.function.server.RouterFunction<ServerResponse> routes() {
			return org.springframework.web.reactive.function.server.RouterFunctions.route()
				.GET(PATH, (request) -> ServerResponse.ok().build())
				.path("/other", (builder) -> builder.POST(PATH, (request) -> ServerResponse.ok().build()))
				.POST("/{*path}", (request) -> ServerResponse.ok().build())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MappedByUrl {

		@Bean
		SimpleUrlHandlerMapping mapping() {
			HttpRequestHandler handler = (request, response) -> {
			};
			return new SimpleUrlHandlerMapping(Map.of("/**", handler, PATH, handler), 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MappedByBeanName {

		@Bean(PATH)
		HttpRequestHandler handler() {
			return (request, response) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReactiveMappedByUrl {

		@Bean
		org.springframework.web.reactive.handler.SimpleUrlHandlerMapping mapping() {
			org.springframework.web.server.WebHandler handler = (exchange) -> Mono.empty();
			return new org.springframework.web.reactive.handler.SimpleUrlHandlerMapping(Map.of(PATH, handler), 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithServlet {

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(new HttpServlet() {

				private static final long serialVersionUID = 1L;

			}, PATH);
			registration.setName("hooks");
			return registration;
		}

	}

}
