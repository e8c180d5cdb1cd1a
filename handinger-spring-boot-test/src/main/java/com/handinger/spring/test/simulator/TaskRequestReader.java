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

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ContentDisposition;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.codec.multipart.PartEventHttpMessageReader;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Reads a request for a turn of a task from JSON or from the parts of a form. Large files
 * are counted and discarded while they are received.
 */
final class TaskRequestReader {

	private static final int MAX_TEXT_SIZE = 16 * 1024 * 1024;

	private static final int MAX_PART_HEADERS_SIZE = 64 * 1024;

	private static final Set<String> FILES = Set.of("file", "files", "files[]");

	private static final ResolvableType PART_EVENT = ResolvableType.forClass(PartEvent.class);

	private final PartEventHttpMessageReader parts = new PartEventHttpMessageReader();

	private final Consumer<String> onTaskId;

	private final UploadedFiles files;

	/**
	 * Create a new reader.
	 * @param onTaskId called when a request names a task, valid or not
	 * @param files keeps the files of valid requests
	 */
	TaskRequestReader(Consumer<String> onTaskId, UploadedFiles files) {
		this.onTaskId = onTaskId;
		this.files = files;
		this.parts.setMaxInMemorySize(MAX_TEXT_SIZE);
		this.parts.setMaxHeadersSize(MAX_PART_HEADERS_SIZE);
	}

	Mono<TaskRequest> read(ServerRequest request) {
		MediaType contentType = request.headers().contentType().orElseThrow(ApiError::unsupportedMediaType);
		Mono<TaskRequest> task;
		if (contentType.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
			task = readJson(request);
		}
		else if (contentType.equalsTypeAndSubtype(MediaType.MULTIPART_FORM_DATA)) {
			task = readForm(request);
		}
		else {
			throw ApiError.unsupportedMediaType();
		}
		return task.onErrorMap(DataBufferLimitException.class,
				(ex) -> ApiError
					.tooLarge("A text is larger than 16 MB, or the headers of a part are larger than 64 kB: "
							+ "send a long text as a file."));
	}

	private Mono<TaskRequest> readJson(ServerRequest request) {
		return join(request.exchange().getRequest().getBody())
			.map((bytes) -> request(fields(JsonBody.of(bytes)), List.of()));
	}

	private static Map<String, String> fields(JsonBody body) {
		Map<String, String> fields = new LinkedHashMap<>();
		for (String name : TaskRequest.FIELDS) {
			String value = body.text(name);
			if (value != null) {
				fields.put(name, value);
			}
		}
		return fields;
	}

	private Mono<TaskRequest> readForm(ServerRequest request) {
		return this.parts.read(PART_EVENT, request.exchange().getRequest(), Map.of())
			.cast(PartEvent.class)
			.windowUntil(PartEvent::isLast)
			.concatMap((part) -> part.switchOnFirst((first, events) -> {
				PartEvent event = first.get();
				return (event != null) ? readPart(event, events) : Mono.empty();
			}))
			.collectList()
			.onErrorMap(DecodingException.class, (ex) -> malformedForm())
			.onErrorMap(InvalidMediaTypeException.class,
					(ex) -> ApiError.unprocessable("The Content-Type of a part is not a media type."))
			.map(this::request);
	}

	private static ApiError malformedForm() {
		return ApiError.badRequest("The body is not a valid multipart/form-data form.");
	}

	private static Mono<Part> readPart(PartEvent first, Flux<PartEvent> events) {
		ContentDisposition disposition = first.headers().getContentDisposition();
		String name = disposition.getName();
		String filename = disposition.getFilename();
		if (name != null && filename == null && TaskRequest.FIELDS.contains(name)) {
			return join(events.map(PartEvent::content))
				.map((bytes) -> new Part(name, new String(bytes, charset(first)), null));
		}
		return events.reduceWith(FileBytes::new, FileBytes::append)
			.map((bytes) -> new Part((name != null) ? name : "", null,
					new ReceivedFile(file(first, filename, bytes.size()), bytes.content())));
	}

	private static UploadedFile file(PartEvent first, @Nullable String filename, long size) {
		return new UploadedFile("fil_" + Ulid.next(), (filename != null) ? decode(filename) : null,
				mediaType(first).toString(), size);
	}

	private static Charset charset(PartEvent part) {
		Charset charset = mediaType(part).getCharset();
		return (charset != null) ? charset : StandardCharsets.UTF_8;
	}

	private static MediaType mediaType(PartEvent part) {
		MediaType mediaType = part.headers().getContentType();
		return (mediaType != null && mediaType.isConcrete()) ? mediaType : MediaType.APPLICATION_OCTET_STREAM;
	}

	/**
	 * Decode the characters that browsers and most clients encode this way.
	 */
	private static String decode(String filename) {
		return filename.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
	}

	private TaskRequest request(List<Part> parts) {
		Map<String, String> fields = new LinkedHashMap<>();
		List<ReceivedFile> files = new ArrayList<>();
		for (Part part : parts) {
			if (part.text() != null) {
				fields.putIfAbsent(part.name(), part.text());
			}
			else if (part.file() != null && FILES.contains(part.name())) {
				files.add(part.file());
			}
		}
		return request(fields, files);
	}

	private TaskRequest request(Map<String, String> fields, List<ReceivedFile> files) {
		String taskId = fields.get("taskId");
		if (taskId != null && !taskId.isEmpty()) {
			this.onTaskId.accept(taskId);
		}
		TaskRequest request = TaskRequest.of(fields, files.stream().map(ReceivedFile::file).toList());
		files.forEach((file) -> {
			if (file.content() != null) {
				this.files.add(file.file(), file.content());
			}
		});
		return request;
	}

	private static Mono<byte[]> join(Flux<DataBuffer> buffers) {
		return BodyBytes.join(buffers, MAX_TEXT_SIZE);
	}

	/**
	 * A part of a form: either text or a file.
	 *
	 * @param name the name of the part
	 * @param text the text
	 * @param file the file
	 */
	private record Part(String name, @Nullable String text, @Nullable ReceivedFile file) {
	}

	/**
	 * A file with its content.
	 *
	 * @param file the file
	 * @param content the content, or {@code null} if it is too large to keep
	 */
	private record ReceivedFile(UploadedFile file, byte @Nullable [] content) {
	}

	/**
	 * The bytes of a file while it is received.
	 */
	private static final class FileBytes {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private long size;

		FileBytes append(PartEvent event) {
			DataBuffer buffer = event.content();
			this.size += buffer.readableByteCount();
			if (this.size > UploadedFiles.MOST_BYTES) {
				this.bytes.reset();
			}
			else {
				byte[] received = new byte[buffer.readableByteCount()];
				buffer.read(received);
				this.bytes.writeBytes(received);
			}
			DataBufferUtils.release(buffer);
			return this;
		}

		long size() {
			return this.size;
		}

		byte @Nullable [] content() {
			return (this.size > UploadedFiles.MOST_BYTES) ? null : this.bytes.toByteArray();
		}

	}

}
