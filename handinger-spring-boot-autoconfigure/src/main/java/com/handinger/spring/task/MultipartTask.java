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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.handinger.spring.transport.RequestBody;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/**
 * The multipart body of a task with attachments, as the vendor's own SDKs write it: its
 * fields are parts without a type, a single file is named {@code files}, and each of
 * several {@code files[]}. Spring adds a type and a length to each field, and common
 * servers treat a part that has a type as a file.
 */
final class MultipartTask {

	private static final Pattern SPECIAL = Pattern.compile("[\"\\\\\\p{Cntrl}]");

	private final String boundary = MimeTypeUtils.generateMultipartBoundaryString();

	private final List<Part> parts = new ArrayList<>();

	private MultipartTask(CreateTask task, List<Long> lengths) {
		task.fields().forEach((name, value) -> add(disposition(name) + "\r\n\r\n" + value + "\r\n"));
		String name = (lengths.size() == 1) ? "files" : "files[]";
		for (int i = 0; i < lengths.size(); i++) {
			Attachment attachment = task.attachments().get(i);
			add(disposition(name) + "; filename=\"" + encode(attachment.filename()) + "\"\r\nContent-Type: "
					+ attachment.mediaType() + "\r\n\r\n");
			this.parts.add(new Part(attachment.content(lengths.get(i)), lengths.get(i)));
			add("\r\n");
		}
		add("--" + this.boundary + "--\r\n");
	}

	static RequestBody body(CreateTask task) {
		return RequestBody.stream(Flux.fromIterable(task.attachments())
			.concatMap(Attachment::length)
			.collectList()
			.map((lengths) -> new MultipartTask(task, lengths).content()), task.isRepeatable());
	}

	private RequestBody.Content content() {
		MediaType type = MediaType.parseMediaType(MediaType.MULTIPART_FORM_DATA_VALUE + ";boundary=" + this.boundary);
		boolean isLengthKnown = this.parts.stream().allMatch((part) -> part.length() >= 0);
		long length = isLengthKnown ? this.parts.stream().mapToLong(Part::length).sum() : -1;
		return new RequestBody.Content(type, length,
				Flux.fromIterable(this.parts)
					.concatMap(Part::data)
					.doOnDiscard(DataBuffer.class, DataBufferUtils::release));
	}

	private void add(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		this.parts
			.add(new Part(Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(bytes)), bytes.length));
	}

	private String disposition(String name) {
		return "--" + this.boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"";
	}

	/**
	 * Encode a name as browsers do (RFC 7578, which forbids the {@code filename*} of
	 * other headers, and the form-data encoding of the WHATWG), except for the backslash:
	 * some servers treat it as an escape, even of the closing quote.
	 */
	private static String encode(String filename) {
		return SPECIAL.matcher(filename).replaceAll((match) -> String.format("%%%02X", (int) match.group().charAt(0)));
	}

	/**
	 * A part of the body.
	 *
	 * @param data the bytes
	 * @param length the number of bytes, or a negative number if it is unknown
	 */
	private record Part(Publisher<DataBuffer> data, long length) {
	}

}
