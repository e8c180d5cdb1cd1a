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

import java.net.ConnectException;

/**
 * HTTP/2 was used with prior knowledge, and the server does not support it. No request
 * was sent.
 */
public final class NoHttp2Exception extends ConnectException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a new exception.
	 * @param failure how the connection has failed
	 */
	public NoHttp2Exception(Throwable failure) {
		super("the server did not answer in HTTP/2");
		addSuppressed(failure);
	}

}
