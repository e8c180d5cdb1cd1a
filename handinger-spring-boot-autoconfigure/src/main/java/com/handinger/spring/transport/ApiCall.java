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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.web.util.UriUtils;

/**
 * One call of the API.
 *
 * @param <T> the type of the response
 * @param responseType the type of the response
 * @param method the HTTP method
 * @param uriTemplate the URI template, such as {@code /api/tasks/{taskId}}
 * @param path the template with its variables, encoded
 * @param body the request body, which may be empty
 * @param taskId the id of the task that the call is about, if any
 * @param traits what distinguishes the call from others of its method
 * @param redacted texts that no message may repeat, even if the server does
 */
public record ApiCall<T>(Class<T> responseType, HttpMethod method, String uriTemplate, String path, RequestBody body,
		@Nullable String taskId, Set<Trait> traits, List<String> redacted) {

	/**
	 * Create a call that reads.
	 * @param <T> the type of the answer
	 * @param responseType the type of the answer
	 * @param uriTemplate the URI template, such as {@code /api/tasks/{taskId}}; a query
	 * belongs to it, as in {@code ?page={page}}
	 * @param variables the value of each variable of the template
	 * @return the call
	 * @throws IllegalArgumentException if a value is not an id
	 */
	public static <T> ApiCall<T> get(Class<T> responseType, String uriTemplate, String... variables) {
		return of(responseType, HttpMethod.GET, RequestBody.empty(), uriTemplate, variables);
	}

	/**
	 * Create a call that deletes.
	 * @param <T> the type of the answer
	 * @param responseType the type of the answer
	 * @param uriTemplate the URI template, such as {@code /api/tasks/{taskId}}
	 * @param variables the value of each variable of the template
	 * @return the call
	 * @throws IllegalArgumentException if a value is not an id
	 */
	public static <T> ApiCall<T> delete(Class<T> responseType, String uriTemplate, String... variables) {
		return of(responseType, HttpMethod.DELETE, RequestBody.empty(), uriTemplate, variables);
	}

	/**
	 * Create a call that creates or runs something.
	 * @param <T> the type of the answer
	 * @param responseType the type of the answer
	 * @param body the body
	 * @param uriTemplate the URI template, such as {@code /api/tasks}
	 * @param variables the value of each variable of the template
	 * @return the call
	 * @throws IllegalArgumentException if a value is not an id
	 */
	public static <T> ApiCall<T> post(Class<T> responseType, RequestBody body, String uriTemplate,
			String... variables) {
		return of(responseType, HttpMethod.POST, body, uriTemplate, variables);
	}

	/**
	 * Create a call that sets something to what it sends.
	 * @param <T> the type of the answer
	 * @param responseType the type of the answer
	 * @param body the body
	 * @param uriTemplate the URI template, such as
	 * {@code /api/workers/{workerId}/webhook}
	 * @param variables the value of each variable of the template
	 * @return the call
	 * @throws IllegalArgumentException if a value is not an id
	 */
	public static <T> ApiCall<T> put(Class<T> responseType, RequestBody body, String uriTemplate, String... variables) {
		return of(responseType, HttpMethod.PUT, body, uriTemplate, variables);
	}

	/**
	 * Create a call that sets parts of something to what it sends.
	 * @param <T> the type of the answer
	 * @param responseType the type of the answer
	 * @param body the body
	 * @param uriTemplate the URI template, such as {@code /api/workers/{workerId}}
	 * @param variables the value of each variable of the template
	 * @return the call
	 * @throws IllegalArgumentException if a value is not an id
	 */
	public static <T> ApiCall<T> patch(Class<T> responseType, RequestBody body, String uriTemplate,
			String... variables) {
		return of(responseType, HttpMethod.PATCH, body, uriTemplate, variables);
	}

	private static <T> ApiCall<T> of(Class<T> responseType, HttpMethod method, RequestBody body, String uriTemplate,
			String... variables) {
		return new ApiCall<>(responseType, method, uriTemplate, expand(uriTemplate, variables), body, null, Set.of(),
				List.of());
	}

	/**
	 * Return this call with the id of the task that it is about.
	 * @param taskId the id, or {@code null} if it is unknown
	 * @return the call
	 */
	public ApiCall<T> aboutTask(@Nullable String taskId) {
		return with(taskId, this.traits, this.redacted);
	}

	/**
	 * Return this call as one that is answered when a task has ended.
	 * @return the call
	 */
	public ApiCall<T> waitingForTask() {
		return with(Trait.WAITS_FOR_TASK);
	}

	/**
	 * Return this call as one whose response contains a secret, such as a token.
	 * @return the call
	 */
	public ApiCall<T> answeringSecret() {
		return with(Trait.ANSWERS_SECRET);
	}

	/**
	 * Return this call as one that polls a task, which may still be running.
	 */
	ApiCall<T> polling() {
		return with(Trait.POLLS);
	}

	/**
	 * Return this call with texts that no message may repeat.
	 * @param texts the texts
	 * @return the call
	 */
	public ApiCall<T> redacting(@Nullable String... texts) {
		List<String> redacted = new ArrayList<>(texts.length);
		for (String text : texts) {
			if (text != null) {
				redacted.add(text);
			}
		}
		return with(this.taskId, this.traits, redacted);
	}

	private ApiCall<T> with(Trait trait) {
		Set<Trait> traits = EnumSet.of(trait);
		traits.addAll(this.traits);
		return with(this.taskId, traits, this.redacted);
	}

	private ApiCall<T> with(@Nullable String taskId, Set<Trait> traits, List<String> redacted) {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, taskId, traits,
				redacted);
	}

	boolean waitsForTask() {
		return this.traits.contains(Trait.WAITS_FOR_TASK);
	}

	boolean answersSecret() {
		return this.traits.contains(Trait.ANSWERS_SECRET);
	}

	boolean polls() {
		return this.traits.contains(Trait.POLLS);
	}

	/**
	 * Return whether this call may be repeated, whatever its outcome. {@link OneTimeCall}
	 * decides when a POST may be sent again.
	 */
	boolean isRepeatable() {
		return !HttpMethod.POST.equals(this.method);
	}

	/**
	 * Return the method and the URI template, which identify this call in messages.
	 */
	String name() {
		return this.method + " " + this.uriTemplate;
	}

	@Override
	public String toString() {
		return "ApiCall[" + name() + ", taskId=" + this.taskId + ", traits=" + this.traits + "]";
	}

	/**
	 * A {@code UriComponentsBuilder} would be the most expensive part of a short call.
	 */
	private static String expand(String uriTemplate, String... variables) {
		String path = uriTemplate;
		for (String variable : variables) {
			int start = path.indexOf('{');
			int end = path.indexOf('}');
			checkId(variable, path.substring(start + 1, end));
			path = path.substring(0, start) + UriUtils.encode(variable, StandardCharsets.UTF_8)
					+ path.substring(end + 1);
		}
		return path;
	}

	/**
	 * Return whether a text can be an id of the API.
	 * @param value the text
	 * @return whether it can
	 */
	public static boolean isId(String value) {
		return problem(value) == null;
	}

	/**
	 * Check that a text can be an id of the API.
	 * @param value the text
	 * @param name the name of the id, for the message
	 * @throws IllegalArgumentException if the text is empty, has a control character or
	 * changes the path
	 */
	public static void checkId(@Nullable String value, String name) {
		String problem = problem(value);
		if (problem != null) {
			throw new IllegalArgumentException("'" + name + "' must not " + problem);
		}
	}

	private static @Nullable String problem(@Nullable String value) {
		if (value == null || value.isBlank()) {
			return "be empty";
		}
		if (value.equals(".") || value.equals("..")) {
			return "be '" + value + "'";
		}
		return (isText(value) && hasOnly(value, (codePoint) -> !Character.isISOControl(codePoint))) ? null
				: "contain control characters or half of a surrogate pair";
	}

	/**
	 * Return whether all of a text is characters, and none of it is half of a surrogate
	 * pair.
	 * @param text the text
	 * @return whether it is
	 */
	public static boolean isText(String text) {
		return hasOnly(text, (codePoint) -> Character.getType(codePoint) != Character.SURROGATE);
	}

	private static boolean hasOnly(String text, IntPredicate allowed) {
		int index = 0;
		while (index < text.length() && allowed.test(text.codePointAt(index))) {
			index += Character.charCount(text.codePointAt(index));
		}
		return index == text.length();
	}

	/**
	 * What distinguishes a call from others of its method.
	 */
	enum Trait {

		/**
		 * It is answered when a task has ended.
		 */
		WAITS_FOR_TASK,

		/**
		 * Its response contains a secret and must not be shown.
		 */
		ANSWERS_SECRET,

		/**
		 * It polls a task, which goes on if the call fails.
		 */
		POLLS

	}

}
