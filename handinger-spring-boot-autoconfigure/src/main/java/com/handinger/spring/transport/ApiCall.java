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
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.web.util.UriUtils;

/**
 * One call of the API.
 *
 * @param <T> the type of the answer
 * @param responseType the type of the answer
 * @param method the HTTP method
 * @param uriTemplate the URI template, such as {@code /api/tasks/{taskId}}
 * @param path the template with its variables, encoded
 * @param body the body, if there is one
 * @param taskId the id of the task that the call is about, if it is about one
 * @param waitsForTask whether the answer comes when a task is at an end
 * @param answersSecret whether the answer holds a secret, so that nothing of it is shown
 * @param unspoken texts that no message may repeat, even if the server does
 * @param looksUp whether a task is looked up that may run, which a failure does not end
 */
public record ApiCall<T>(Class<T> responseType, HttpMethod method, String uriTemplate, String path,
		@Nullable RequestBody body, @Nullable String taskId, boolean waitsForTask, boolean answersSecret,
		List<String> unspoken, boolean looksUp) {

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
		return of(responseType, HttpMethod.GET, null, uriTemplate, variables);
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
		return of(responseType, HttpMethod.DELETE, null, uriTemplate, variables);
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

	private static <T> ApiCall<T> of(Class<T> responseType, HttpMethod method, @Nullable RequestBody body,
			String uriTemplate, String... variables) {
		return new ApiCall<>(responseType, method, uriTemplate, expand(uriTemplate, variables), body, null, false,
				false, List.of(), false);
	}

	/**
	 * Return this call with the id of the task that it is about.
	 * @param taskId the id, or {@code null} if it is not known
	 * @return the call
	 */
	public ApiCall<T> aboutTask(@Nullable String taskId) {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, taskId,
				this.waitsForTask, this.answersSecret, this.unspoken, this.looksUp);
	}

	/**
	 * Return this call as one that is answered when a task is at an end.
	 * @return the call
	 */
	public ApiCall<T> waitingForTask() {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, this.taskId, true,
				this.answersSecret, this.unspoken, this.looksUp);
	}

	/**
	 * Return this call as one whose answer holds a secret, such as a token.
	 * @return the call
	 */
	public ApiCall<T> answeringSecret() {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, this.taskId,
				this.waitsForTask, true, this.unspoken, this.looksUp);
	}

	/**
	 * Return this call with texts that no message may repeat.
	 * @param texts the texts
	 * @return the call
	 */
	public ApiCall<T> unspoken(String... texts) {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, this.taskId,
				this.waitsForTask, this.answersSecret, List.of(texts), this.looksUp);
	}

	/**
	 * Return this call as the look-up of a task that may run.
	 */
	ApiCall<T> lookingUp() {
		return new ApiCall<>(this.responseType, this.method, this.uriTemplate, this.path, this.body, this.taskId,
				this.waitsForTask, this.answersSecret, this.unspoken, true);
	}

	/**
	 * Return whether this call may be made again whatever became of it.
	 */
	boolean isRepeatable() {
		return !HttpMethod.POST.equals(this.method);
	}

	/**
	 * Return the method and the URI template, which name this call in messages.
	 * @return the name
	 */
	String name() {
		return this.method + " " + this.uriTemplate;
	}

	@Override
	public String toString() {
		return "ApiCall[" + name() + ", taskId=" + this.taskId + ", waitsForTask=" + this.waitsForTask + "]";
	}

	/**
	 * Templates are expanded by hand: at the price of a {@code UriComponentsBuilder} this
	 * would be the dearest part of a short call.
	 */
	private static String expand(String uriTemplate, String... variables) {
		if (variables.length == 0) {
			return uriTemplate;
		}
		StringBuilder path = new StringBuilder(uriTemplate.length() + 32);
		int position = 0;
		for (String variable : variables) {
			int start = uriTemplate.indexOf('{', position);
			int end = uriTemplate.indexOf('}', start);
			path.append(uriTemplate, position, start);
			path.append(encode(variable, uriTemplate.substring(start + 1, end)));
			position = end + 1;
		}
		return path.append(uriTemplate, position, uriTemplate.length()).toString();
	}

	private static String encode(String value, String name) {
		checkId(value, name);
		for (int i = 0; i < value.length(); i++) {
			if (!isUnreserved(value.charAt(i))) {
				return UriUtils.encode(value, StandardCharsets.UTF_8);
			}
		}
		return value;
	}

	private static boolean isUnreserved(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9') || character == '_' || character == '-';
	}

	/**
	 * Return whether a text can be an id of the API.
	 * @param value the text
	 * @return whether it can
	 */
	public static boolean isId(String value) {
		return !value.isBlank() && !value.equals(".") && !value.equals("..")
				&& value.codePoints().allMatch(ApiCall::isText);
	}

	/**
	 * Check that a text can be an id of the API.
	 * @param value the text
	 * @param name the name of the id, for the message
	 * @throws IllegalArgumentException if the text is empty, has a control character or
	 * would lead to another path
	 */
	public static void checkId(@Nullable String value, String name) {
		if (value == null || value.isBlank()) {
			throw new IllegalArgumentException("'" + name + "' must not be empty");
		}
		if (value.equals(".") || value.equals("..")) {
			throw new IllegalArgumentException("'" + name + "' must not be '" + value + "'");
		}
		if (!value.codePoints().allMatch(ApiCall::isText)) {
			throw new IllegalArgumentException(
					"'" + name + "' must not contain control characters or half of a surrogate pair");
		}
	}

	private static boolean isText(int codePoint) {
		return !Character.isISOControl(codePoint) && Character.getType(codePoint) != Character.SURROGATE;
	}

}
