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

package com.handinger.spring.transport;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A response that keeps the values of fields that are not of the type that the API
 * documents. These fields have their defaults.
 *
 * @param <T> the type of the response
 */
public interface RawFields<T> {

	/**
	 * Return what was sent for the fields that are not of the documented type, by the
	 * path of the field in the JSON, such as {@code structured_output} or
	 * {@code files[0].size}. It is not part of the JSON form of this answer.
	 * @return the values as they came, usually none, and the first 1,000 at most
	 */
	Map<String, @Nullable Object> rawFields();

	/**
	 * Return this answer with what was sent for the fields that are not of the documented
	 * type.
	 * @param rawFields the values by path
	 * @return the answer
	 */
	T withRawFields(Map<String, ? extends @Nullable Object> rawFields);

}
