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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * Looks in the routes of a {@code RouterFunction} for one that has exactly a path and
 * takes a POST. Servlet and reactive applications tell of their routes in the same way,
 * through visitors of different types.
 */
final class MappedRoutes {

	private static final List<Route> ANY = List.of(new Route("", true));

	private final String path;

	/**
	 * Of each predicate that was visited, what it lets pass. Those around a route come
	 * before its own.
	 */
	private final Deque<List<Route>> predicates = new ArrayDeque<>();

	private volatile @Nullable String handler;

	/**
	 * Create new routes.
	 * @param path the path to look for
	 */
	MappedRoutes(String path) {
		this.path = path;
	}

	void path(String pattern) {
		this.predicates.push(List.of(new Route(pattern, true)));
	}

	void methods(Collection<HttpMethod> methods) {
		this.predicates.push(List.of(new Route("", methods.contains(HttpMethod.POST))));
	}

	/**
	 * A predicate of something else than the path and the method.
	 */
	void other() {
		this.predicates.push(ANY);
	}

	void and() {
		this.predicates.push(and(pop(), pop()));
	}

	void or() {
		List<Route> all = new ArrayList<>(pop());
		all.addAll(pop());
		this.predicates.push(all);
	}

	/**
	 * What is left has no path of its own.
	 */
	void negate() {
		pop();
		this.predicates.push(List.of());
	}

	/**
	 * The routes around which there was a predicate have ended.
	 */
	void endNested() {
		pop();
	}

	void route(Object handler) {
		List<Route> routes = pop();
		for (List<Route> around : this.predicates) {
			routes = and(routes, around);
		}
		if (this.handler == null
				&& routes.stream().anyMatch((route) -> route.takesPost && route.path.equals(this.path))) {
			this.handler = "a RouterFunction of " + PathMappings.className(handler);
		}
	}

	Optional<String> handler() {
		return Optional.ofNullable(this.handler);
	}

	private List<Route> pop() {
		return this.predicates.isEmpty() ? ANY : this.predicates.pop();
	}

	/**
	 * The first operand is the later one, whose path comes behind that of the other.
	 */
	private static List<Route> and(List<Route> later, List<Route> earlier) {
		List<Route> all = new ArrayList<>();
		for (Route first : earlier) {
			for (Route second : later) {
				all.add(new Route(first.path + second.path, first.takesPost && second.takesPost));
			}
		}
		return all;
	}

	/**
	 * What a predicate lets pass.
	 *
	 * @param path the path, or an empty text for any
	 * @param takesPost whether the methods include POST
	 */
	private record Route(String path, boolean takesPost) {
	}

}
