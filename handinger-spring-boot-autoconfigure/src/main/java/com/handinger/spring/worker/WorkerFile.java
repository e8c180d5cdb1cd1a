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

package com.handinger.spring.worker;

import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * File that a worker received or published.
 * <p>
 * {@link #toString()} omits the URL, which may grant access to the file.
 *
 * @param filename the name of the file, or {@code null} if it has none
 * @param mediaType the media type, such as {@code application/pdf}
 * @param url the URL to download the file from
 * @param size the size in bytes, or {@code null} if the API does not send it
 */
public record WorkerFile(@Nullable String filename, String mediaType, String url,
		@Nullable Long size) implements Serializable {

	public WorkerFile {
		mediaType = (mediaType != null) ? mediaType : "";
		url = (url != null) ? url : "";
	}

	@Override
	public String toString() {
		return "WorkerFile[filename=" + this.filename + ", mediaType=" + this.mediaType + ", size=" + this.size + "]";
	}

}
