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

package com.handinger.spring.task;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

import com.handinger.spring.http.RequestBody;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.util.MultiValueMap;

/**
 * Writes a task with attachments as the vendor's own SDKs do: its fields as text parts,
 * one attached file as {@code files}, and each of several as {@code files[]}.
 */
final class MultipartTask {

	private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

	private static final Pattern SPECIAL = Pattern.compile("[\"\\\\\\p{Cntrl}]");

	private MultipartTask() {
	}

	static RequestBody body(CreateTask task) {
		List<Attachment> attachments = task.attachments();
		return RequestBody.multipart(
				Flux.fromIterable(attachments).concatMap(Attachment::check).then(Mono.fromSupplier(() -> parts(task))),
				task.isRepeatable());
	}

	private static MultiValueMap<String, HttpEntity<?>> parts(CreateTask task) {
		MultipartBodyBuilder builder = new MultipartBodyBuilder();
		// As bytes, since Spring would write a text into its log.
		task.fields().forEach((name, value) -> builder.part(name, value.getBytes(StandardCharsets.UTF_8), TEXT));
		String name = (task.attachments().size() == 1) ? "files" : "files[]";
		for (Attachment attachment : task.attachments()) {
			Publisher<DataBuffer> content = attachment.content();
			builder.asyncPart(name, content, DataBuffer.class)
				.contentType(attachment.mediaType())
				.header(HttpHeaders.CONTENT_DISPOSITION, contentDisposition(name, attachment.filename()));
		}
		return builder.build();
	}

	/**
	 * Names are written as browsers do (RFC 7578, which forbids the {@code filename*} of
	 * other headers, and the WHATWG's form-data encoding), but for the backslash: some
	 * servers take it for an escape, also of the quote behind the name.
	 */
	private static String contentDisposition(String name, String filename) {
		String encoded = SPECIAL.matcher(filename)
			.replaceAll((match) -> String.format("%%%02X", (int) match.group().charAt(0)));
		return "form-data; name=\"" + name + "\"; filename=\"" + encoded + "\"";
	}

}
