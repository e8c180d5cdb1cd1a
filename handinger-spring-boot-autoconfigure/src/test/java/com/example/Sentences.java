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

package com.example;

import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.worker.UpdateWorker;

import org.springframework.core.io.Resource;

/**
 * The examples that stand within sentences.
 */
class Sentences {

	CreateTask withAttachment(Resource resource) {
		return CreateTask.of("Summarise this.").withAttachment(Attachment.of(resource));
	}

	CreateTask withAttachmentOfADurableRun() {
		return CreateTask.of("Check these terms.").withAttachment(Attachment.ofLocation("classpath:terms.pdf"));
	}

	CreateTask furtherTurn() {
		return CreateTask.of("And tomorrow?").withTaskId("tsk_…");
	}

	CreateTask withAnIdThatIsKnownBefore() {
		return CreateTask.of("…").withNewTaskId();
	}

	UpdateWorker anotherTitle() {
		return UpdateWorker.nothing().withTitle("…");
	}

}
