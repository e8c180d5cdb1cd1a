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

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import com.handinger.spring.transport.Scheduling;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * A file that is sent with a task. Its content is streamed when the task is sent, and is
 * never held in memory as a whole.
 * <p>
 * {@link #toString()} leaves out the content.
 */
public final class Attachment {

	private static final int BUFFER_SIZE = 16 * 1024;

	private static final long UNKNOWN_LENGTH = -1;

	private static final String DEFAULT_FILENAME = "file";

	/**
	 * Registered media types that {@link MediaTypeFactory} does not know.
	 */
	private static final Map<String, String> FURTHER_MEDIA_TYPES = Map.of("md", "text/markdown", "markdown",
			"text/markdown", "yaml", "application/yaml", "yml", "application/yaml", "toml", "application/toml", "heic",
			"image/heic", "avif", "image/avif");

	private final String filename;

	private final MediaType mediaType;

	private final Publisher<DataBuffer> content;

	private final @Nullable Resource resource;

	private final @Nullable String location;

	private Attachment(@Nullable String filename, @Nullable MediaType mediaType, Publisher<DataBuffer> content,
			@Nullable Resource resource, @Nullable String location) {
		this.filename = StringUtils.hasText(filename) ? filename : DEFAULT_FILENAME;
		this.mediaType = (mediaType != null) ? mediaType : guessMediaType(this.filename);
		this.content = content;
		this.resource = resource;
		this.location = location;
	}

	private static MediaType guessMediaType(String filename) {
		String extension = String.valueOf(StringUtils.getFilenameExtension(filename)).toLowerCase(Locale.ROOT);
		return MediaTypeFactory.getMediaType(filename)
			.orElseGet(() -> MediaType
				.parseMediaType(FURTHER_MEDIA_TYPES.getOrDefault(extension, MediaType.APPLICATION_OCTET_STREAM_VALUE)));
	}

	/**
	 * Create an attachment from a resource, with the filename of the resource.
	 * @param resource the resource; it is opened each time that the task is sent, and its
	 * content must have the length that it declares
	 * @return the attachment, with a media type guessed from its name
	 */
	public static Attachment of(Resource resource) {
		Assert.notNull(resource, "'resource' must not be null");
		return of(resource.getFilename(), resource);
	}

	/**
	 * Create an attachment from a resource.
	 * @param filename the name of the file, or {@code null} for a default name
	 * @param resource the resource; it is opened each time that the task is sent, and its
	 * content must have the length that it declares
	 * @return the attachment, with a media type guessed from its name
	 */
	public static Attachment of(@Nullable String filename, Resource resource) {
		Assert.notNull(resource, "'resource' must not be null");
		return new Attachment(filename, null, read(resource), resource, null);
	}

	/**
	 * Create an attachment from the location of a resource, such as
	 * {@code classpath:terms.pdf}. Only the location is stored with a durable run, and
	 * the resource is opened when the task is sent, possibly by another process.
	 * @param location the location, which the {@link ResourceLoader} of the application
	 * resolves; a secret in it would be stored and logged
	 * @return the attachment, with the name at the end of the location, and a media type
	 * guessed from it
	 */
	public static Attachment ofLocation(String location) {
		Assert.hasText(location, "'location' must not be empty");
		Resource resource = new DefaultResourceLoader().getResource(location);
		return new Attachment(StringUtils.getFilename(location), null, read(resource), resource, location);
	}

	/**
	 * Create an attachment from a publisher. Since most publishers can be read only once,
	 * a task with such an attachment is not sent again after a 429.
	 * @param filename the name of the file
	 * @param content the content; it is subscribed to when the task is sent
	 * @return the attachment, with a media type guessed from its name
	 */
	public static Attachment of(String filename, Publisher<DataBuffer> content) {
		Assert.hasText(filename, "'filename' must not be empty");
		Assert.notNull(content, "'content' must not be null");
		return new Attachment(filename, null, content, null, null);
	}

	/**
	 * Return this attachment with another media type.
	 * @param mediaType the media type
	 * @return the attachment
	 */
	public Attachment withMediaType(MediaType mediaType) {
		Assert.notNull(mediaType, "'mediaType' must not be null");
		Assert.isTrue(mediaType.isConcrete(), () -> "'mediaType' must not have a wildcard, unlike " + mediaType);
		Assert.isTrue(mediaType.toString().chars().noneMatch(Character::isISOControl),
				"'mediaType' must not have control characters");
		return new Attachment(this.filename, mediaType, this.content, this.resource, this.location);
	}

	/**
	 * Return the name of the file.
	 * @return the name
	 */
	public String filename() {
		return this.filename;
	}

	/**
	 * Return the media type of the content.
	 * @return the media type
	 */
	public MediaType mediaType() {
		return this.mediaType;
	}

	/**
	 * Return the location of the content.
	 * @return the location, or {@code null} if this attachment was not created by
	 * {@link #ofLocation}
	 */
	public @Nullable String location() {
		return this.location;
	}

	/**
	 * Return the content.
	 * @return the content
	 */
	public Publisher<DataBuffer> content() {
		return this.content;
	}

	/**
	 * Return this attachment with its location resolved by another loader, if it has one.
	 */
	Attachment resolve(ResourceLoader loader) {
		if (this.location == null) {
			return this;
		}
		Resource resource = loader.getResource(this.location);
		return new Attachment(this.filename, this.mediaType, read(resource), resource, this.location);
	}

	/**
	 * Return whether the content can be read again.
	 */
	boolean isRepeatable() {
		return this.resource != null && !this.resource.isOpen();
	}

	/**
	 * Return the number of bytes, before anything is sent.
	 * @return the number, which is negative if it is unknown, or an
	 * {@link IllegalArgumentException} that names the file if it can't be read
	 */
	Mono<Long> length() {
		Resource resource = this.resource;
		return (resource != null) ? Scheduling.blocking(() -> length(resource)) : Mono.just(UNKNOWN_LENGTH);
	}

	private long length(Resource resource) {
		if (!resource.isReadable()) {
			throw new IllegalArgumentException("The attachment '" + this.filename + "' can't be read: check that "
					+ resource.getDescription() + " exists. Nothing was sent");
		}
		try {
			return knowsLength(resource) ? resource.contentLength() : UNKNOWN_LENGTH;
		}
		catch (IOException | RuntimeException ex) {
			return UNKNOWN_LENGTH;
		}
	}

	/**
	 * The default of {@link AbstractResource} reads the whole resource, which may be
	 * possible only once.
	 */
	private static boolean knowsLength(Resource resource) {
		Method method = ClassUtils.getMethodIfAvailable(resource.getClass(), "contentLength");
		return method != null && method.getDeclaringClass() != AbstractResource.class;
	}

	/**
	 * Return the content, which fails as soon as its length turns out to be another.
	 * @param length the required number of bytes, or a negative number if it is unknown
	 */
	Flux<DataBuffer> content(long length) {
		if (length < 0) {
			return Flux.from(this.content);
		}
		return Flux.defer(() -> {
			AtomicLong left = new AtomicLong(length);
			return Flux.from(this.content).<DataBuffer>handle((buffer, sink) -> {
				if (left.addAndGet(-buffer.readableByteCount()) >= 0) {
					sink.next(buffer);
				}
				else {
					DataBufferUtils.release(buffer);
					sink.error(otherLength("more", length));
				}
			}).concatWith(Mono.defer(() -> (left.get() > 0) ? Mono.error(otherLength("less", length)) : Mono.empty()));
		});
	}

	private IOException otherLength(String difference, long length) {
		return new IOException("the attachment '" + this.filename + "' has " + difference + " than the " + length
				+ " bytes that its resource says");
	}

	private static Publisher<DataBuffer> read(Resource resource) {
		return DataBufferUtils
			.readByteChannel(resource::readableChannel, DefaultDataBufferFactory.sharedInstance, BUFFER_SIZE)
			.subscribeOn(Schedulers.boundedElastic());
	}

	@Override
	public String toString() {
		return "Attachment[filename=" + this.filename + ", mediaType=" + this.mediaType + "]";
	}

}
