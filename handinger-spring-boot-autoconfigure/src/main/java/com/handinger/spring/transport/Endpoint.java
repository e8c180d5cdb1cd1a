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

/**
 * The base URL of the API and the API key. Both are read for every request, so that a key
 * can be rotated without a restart.
 */
public interface Endpoint {

	/**
	 * Return the base URL. It must not block.
	 * @return the base URL
	 * @throws UnreadableException if it can't be read now
	 */
	BaseUrl baseUrl();

	/**
	 * Return the API key. It must not block.
	 * @return the key
	 * @throws UnreadableException if it can't be read now
	 */
	String apiKey();

	/**
	 * The application failed to supply the connection details. The next attempt may
	 * succeed.
	 */
	final class UnreadableException extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		/**
		 * Create a new exception.
		 * @param source the bean that failed
		 * @param cause the failure
		 */
		public UnreadableException(String source, Throwable cause) {
			super("the connection details of Handinger can't be read from " + source + ", which has failed with "
					+ cause.getClass().getName(), cause);
		}

	}

}
