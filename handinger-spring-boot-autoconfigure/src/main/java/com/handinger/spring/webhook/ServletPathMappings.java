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

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.support.WebContentGenerator;

/**
 * What Spring MVC is mapped to.
 */
final class ServletPathMappings implements PathMappings {

	private final ObjectProvider<HandlerMapping> mappings;

	ServletPathMappings(ObjectProvider<HandlerMapping> mappings) {
		this.mappings = mappings;
	}

	@Override
	public Optional<String> handlerOf(String path) {
		return this.mappings.stream().flatMap((mapping) -> handlers(mapping, path)).findFirst();
	}

	private static Stream<String> handlers(HandlerMapping mapping, String path) {
		if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
			return methods.getHandlerMethods()
				.entrySet()
				.stream()
				.filter((entry) -> isFor(entry.getKey(), path))
				.map((entry) -> name(entry.getValue()));
		}
		if (mapping instanceof AbstractUrlHandlerMapping urls) {
			return urls.getHandlerMap()
				.entrySet()
				.stream()
				.filter((entry) -> entry.getKey().equals(path) && takesPost(entry.getValue()))
				.map((entry) -> name(entry.getValue()));
		}
		RouterFunction<?> routes = (mapping instanceof RouterFunctionMapping functions) ? functions.getRouterFunction()
				: null;
		return (routes != null) ? handler(routes, path).stream() : Stream.empty();
	}

	private static boolean isFor(RequestMappingInfo info, String path) {
		Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
		return info.getPatternValues().contains(path) && (methods.isEmpty() || methods.contains(RequestMethod.POST));
	}

	private static boolean takesPost(Object handler) {
		String[] methods = (handler instanceof WebContentGenerator generator) ? generator.getSupportedMethods() : null;
		return methods == null || Arrays.asList(methods).contains(HttpMethod.POST.name());
	}

	private static String name(HandlerMethod method) {
		return method.getBeanType().getName() + "#" + method.getMethod().getName();
	}

	private static String name(Object handler) {
		return (handler instanceof String beanName) ? "the bean " + beanName : PathMappings.className(handler);
	}

	private static Optional<String> handler(RouterFunction<?> routes, String path) {
		Visitor visitor = new Visitor(path);
		routes.accept(visitor);
		return visitor.routes.handler();
	}

	@SuppressWarnings({ "removal", "overloads" })
	private static final class Visitor implements RouterFunctions.Visitor, RequestPredicates.Visitor {

		private final MappedRoutes routes;

		Visitor(String path) {
			this.routes = new MappedRoutes(path);
		}

		@Override
		public void startNested(RequestPredicate predicate) {
			predicate.accept(this);
		}

		@Override
		public void endNested(RequestPredicate predicate) {
			this.routes.endNested();
		}

		@Override
		public void route(RequestPredicate predicate, HandlerFunction<?> handlerFunction) {
			predicate.accept(this);
			this.routes.route(handlerFunction);
		}

		@Override
		public void resources(Function<ServerRequest, Optional<Resource>> lookupFunction) {
		}

		@Override
		public void attributes(Map<String, Object> attributes) {
		}

		@Override
		public void unknown(RouterFunction<?> routerFunction) {
		}

		@Override
		public void method(Set<HttpMethod> methods) {
			this.routes.methods(methods);
		}

		@Override
		public void path(String pattern) {
			this.routes.path(pattern);
		}

		@Override
		public void pathExtension(String extension) {
			this.routes.other();
		}

		@Override
		public void header(String name, String value) {
			this.routes.other();
		}

		@Override
		public void param(String name, String value) {
			this.routes.other();
		}

		@Override
		public void version(String version) {
			this.routes.other();
		}

		@Override
		public void startAnd() {
		}

		@Override
		public void and() {
		}

		@Override
		public void endAnd() {
			this.routes.and();
		}

		@Override
		public void startOr() {
		}

		@Override
		public void or() {
		}

		@Override
		public void endOr() {
			this.routes.or();
		}

		@Override
		public void startNegate() {
		}

		@Override
		public void endNegate() {
			this.routes.negate();
		}

		@Override
		public void unknown(RequestPredicate predicate) {
			this.routes.other();
		}

	}

}
