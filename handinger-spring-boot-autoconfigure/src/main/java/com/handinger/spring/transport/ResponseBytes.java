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
import java.util.Arrays;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Collects the body of a response up to a limit. If the body is truncated, an exception
 * can show its start.
 */
final class ResponseBytes {

	private final int limit;

	private byte[] bytes;

	private int length;

	/**
	 * Create a new, empty instance.
	 * @param limit the maximum number of bytes
	 * @param expected the expected number of bytes, or a negative number if it is unknown
	 */
	ResponseBytes(int limit, long expected) {
		this.limit = limit;
		this.bytes = new byte[(int) Math.min(limit, (expected >= 0) ? expected : 1024)];
	}

	/**
	 * Add a part of the body and release it.
	 * @return whether it was within the limit
	 */
	boolean add(DataBuffer buffer) {
		try {
			int count = Math.min(buffer.readableByteCount(), this.limit - this.length);
			boolean fits = count == buffer.readableByteCount();
			if (this.length + count > this.bytes.length) {
				this.bytes = Arrays.copyOf(this.bytes,
						(int) Math.min(this.limit, Math.max(this.length + count, 2L * this.bytes.length)));
			}
			buffer.read(this.bytes, this.length, count);
			this.length += count;
			return fits;
		}
		finally {
			DataBufferUtils.release(buffer);
		}
	}

	<T> T as(Class<T> type, OddFields oddFields) {
		return ApiJson.read(this.bytes, this.length, type, oddFields);
	}

	/**
	 * Return the start of the body as text.
	 */
	String start() {
		return new String(this.bytes, 0, Math.min(this.length, 4 * Redaction.MAX_LENGTH), StandardCharsets.UTF_8);
	}

}
