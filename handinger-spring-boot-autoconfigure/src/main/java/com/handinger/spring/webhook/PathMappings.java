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

import java.util.Optional;

/**
 * What the application itself answers. A pattern that happens to cover a path, as that of
 * a single-page application does, is no answer of its own.
 */
@FunctionalInterface
interface PathMappings {

	/**
	 * Return what is mapped to exactly a path and takes a POST, as something that can be
	 * shown.
	 * @param path the path, below that of the application
	 */
	Optional<String> handlerOf(String path);

	/**
	 * Return the class of a handler, or that in which a lambda stands, which has no name.
	 */
	static String className(Object handler) {
		String name = handler.getClass().getName();
		int lambda = name.indexOf("$$Lambda");
		return (lambda >= 0) ? name.substring(0, lambda) : name;
	}

}
