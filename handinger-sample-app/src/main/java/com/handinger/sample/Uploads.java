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
import com.handinger.spring.task.CreateTask;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.FileSystemResource;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Keeps uploaded files until they have been sent to Handinger, which is after the upload
 * request has ended.
 */
@Component
final class Uploads {

	private static final Log logger = LogFactory.getLog(Uploads.class);

	/**
	 * Store files.
	 * @return the upload
	 */
	Mono<Upload> keep(Flux<FilePart> files) {
		return Mono.fromCallable(() -> Files.createTempDirectory("handinger-sample"))
			.subscribeOn(Schedulers.boundedElastic())
			.flatMap((directory) -> files.index()
				.concatMap((file) -> keep(file.getT2(), directory.resolve(String.valueOf(file.getT1()))))
				.collectList()
				.map((attachments) -> new Upload(directory, attachments))
				.doOnError((ex) -> discard(directory))
				.doOnCancel(() -> discard(directory)));
	}

	private static Mono<Attachment> keep(FilePart file, Path path) {
		return file.transferTo(path)
			.then(Mono.fromSupplier(() -> Attachment.of(file.filename(), new FileSystemResource(path))));
	}

	/**
	 * Delete files, away from the event loops.
	 */
	private static void discard(Path directory) {
		Schedulers.boundedElastic().schedule(() -> delete(directory));
	}

	private static void delete(Path directory) {
		try {
			FileSystemUtils.deleteRecursively(directory);
		}
		catch (IOException ex) {
			logger.warn("The files in " + directory + " could not be deleted", ex);
		}
	}

	/**
	 * The files of a task.
	 *
	 * @param directory the directory of the files
	 * @param attachments the attachments to send
	 */
	record Upload(Path directory, List<Attachment> attachments) {

		CreateTask addTo(CreateTask task) {
			CreateTask complete = task;
			for (Attachment attachment : this.attachments) {
				complete = complete.withAttachment(attachment);
			}
			return complete;
		}

		void discard() {
			Uploads.discard(this.directory);
		}

	}

}
