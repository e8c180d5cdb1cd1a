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

import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.HandingerTransport;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.worker.Worker;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs tasks and reads their results.
 * <p>
 * Nothing is sent before there is a subscriber, and nothing blocks. Every call signals
 * its failures as a {@link HandingerException}: a {@link HandingerApiException} for an
 * answer with a status of 400 and above, an {@link UnexpectedResponseException} for an
 * answer that is none of the API's, and a {@link HandingerConnectionException} when there
 * is no answer and calling again does no harm. All calls but {@link #create create} cost
 * nothing, are sent again after failures that pass, and are given up after
 * {@code handinger.read-timeout} of silence.
 */
public interface HandingerTasksClient {

	/**
	 * Create a client.
	 * @param transport what sends its calls
	 * @return the client
	 */
	static HandingerTasksClient of(HandingerTransport transport) {
		return new DefaultHandingerTasksClient(transport);
	}

	/**
	 * Run a task and wait for its result, for seconds or for an hour. This costs credits.
	 * <p>
	 * One call of this method sends at most one request that may be carried out, however
	 * often the result is subscribed to: a second subscriber, {@code retry()} and
	 * {@code repeat()} get the same outcome. Only when the request never reached
	 * Handinger, the next subscriber makes a new attempt. To run the same task twice,
	 * call this method twice.
	 * <p>
	 * Cancelling closes the connection, and does not stop the task. There is no time-out
	 * unless {@code handinger.task-timeout} sets one.
	 * @param task what to do
	 * @return the worker at the end of the task. Signals {@link OutcomeUnknownException}
	 * if the task may run and the answer is lost: look it up by its id then;
	 * {@link HandingerConnectionException} if the request never reached Handinger;
	 * {@link UnprocessableContentException} or {@link BadRequestException} if Handinger
	 * did not take the task; {@link RateLimitedException} if it asked to wait longer than
	 * {@code handinger.retry.max-backoff}; {@link IllegalArgumentException} if an
	 * attachment can't be read, in which case nothing was sent
	 */
	Mono<Worker> create(CreateTask task);

	/**
	 * Read a task and its turns. The turns are always there: where the server leaves them
	 * out, they are read with a second call.
	 * @param taskId the id of the task
	 * @return the task with its turns. Signals {@link NotFoundException} if there is no
	 * such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<TaskWithTurns> retrieve(String taskId);

	/**
	 * Read the turns of a task in the order in which they ran.
	 * @param taskId the id of the task
	 * @return the turns. Signals {@link NotFoundException} if there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Flux<Turn> turns(String taskId);

	/**
	 * Archive a task. Its turns and files are kept. Only the creator of its worker may.
	 * @param taskId the id of the task
	 * @return whether it is archived. Signals {@link NotFoundException} if there is no
	 * such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<DeleteTaskResponse> delete(String taskId);

}
