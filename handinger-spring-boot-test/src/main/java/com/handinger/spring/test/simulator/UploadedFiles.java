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

package com.handinger.spring.test.simulator;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The contents of uploaded files. Large files are not kept, and the oldest ones are
 * evicted when there are too many.
 */
final class UploadedFiles {

	/**
	 * The size of the largest file that is kept.
	 */
	static final int MOST_BYTES = 16 * 1024 * 1024;

	private static final int MOST_BYTES_IN_ALL = 4 * MOST_BYTES;

	private static final int MOST_FILES = 10_000;

	private final Map<String, Content> contents = new LinkedHashMap<>();

	private long bytes;

	synchronized void add(UploadedFile file, byte[] content) {
		this.contents.put(file.id(), new Content(file, content));
		this.bytes += content.length;
		while (this.bytes > MOST_BYTES_IN_ALL || this.contents.size() > MOST_FILES) {
			Content oldest = this.contents.remove(this.contents.keySet().iterator().next());
			this.bytes -= oldest.bytes().length;
		}
	}

	/**
	 * Return the content of a file.
	 * @throws ApiError if there is no file with this id
	 */
	synchronized Content known(String id) {
		Content content = this.contents.get(id);
		if (content == null) {
			throw ApiError
				.notFound("There is no file with this id. The simulator keeps the latest files of up to 16 MB each.");
		}
		return content;
	}

	synchronized void clear() {
		this.contents.clear();
		this.bytes = 0;
	}

	/**
	 * The content of a file.
	 *
	 * @param file the file
	 * @param bytes the bytes
	 */
	record Content(UploadedFile file, byte[] bytes) {
	}

}
