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

import com.handinger.spring.http.HandingerException;

/**
 * Another task is shown than the one that was asked for.
 */
final class OtherTaskException extends HandingerException {

	private static final long serialVersionUID = 1L;

	OtherTaskException(String taskId) {
		super("GET /api/tasks/{taskId} has shown another task than " + taskId
				+ ", which is refused: check what is between this application and Handinger", null, taskId);
	}

}
