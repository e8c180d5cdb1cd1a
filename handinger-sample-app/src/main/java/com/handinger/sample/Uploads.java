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

package com.handinger.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.handinger.spring.task.Attachment;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.codec.multipart.FilePart;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Keeps uploaded files until their task has finished: they are sent after the upload
 * request has ended, and by another process if this one is killed before.
 */
@Component
final class Uploads {

	private static final Log logger = LogFactory.getLog(Uploads.class);

	static final Path DIRECTORY = Path.of("handinger-sample-uploads");

	/**
	 * Matches all that is not safe in the name of a file.
	 */
	private static final String UNSAFE = "^$|^[.]+|[^\\p{L}\\p{N} ._-]";

	/**
	 * Store the files of a run.
	 */
	Mono<List<Attachment>> keep(String key, Flux<FilePart> files) {
		return files.index()
			.concatMap((file) -> keep(file.getT2(), DIRECTORY.resolve(key).resolve(String.valueOf(file.getT1()))))
			.collectList()
			.doOnError((ex) -> discard(key))
			.doOnCancel(() -> discard(key));
	}

	private static Mono<Attachment> keep(FilePart file, Path directory) {
		Path path = directory.resolve(file.filename().replaceAll(UNSAFE, "_"));
		return Mono.fromCallable(() -> Files.createDirectories(directory))
			.subscribeOn(Schedulers.boundedElastic())
			.then(file.transferTo(path))
			.then(Mono.fromSupplier(() -> Attachment.ofLocation("file:" + path.toAbsolutePath())));
	}

	/**
	 * Delete the files of a run, away from the event loops.
	 */
	void discard(String key) {
		Schedulers.boundedElastic().schedule(() -> {
			try {
				FileSystemUtils.deleteRecursively(DIRECTORY.resolve(key));
			}
			catch (IOException ex) {
				logger.warn("The files of the run " + key + " could not be deleted", ex);
			}
		});
	}

}
