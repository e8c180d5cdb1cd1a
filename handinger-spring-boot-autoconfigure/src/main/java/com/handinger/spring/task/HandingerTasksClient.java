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
 * is no answer and calling again does no harm. All calls but {@link #create create} and
 * {@link #run run} cost nothing and are sent again after failures that pass.
 * {@link #retrieve}, {@link #turns} and {@link #delete} are given up after some attempts
 * ({@code handinger.retry.max-attempts}), each of them after
 * {@code handinger.read-timeout} of silence.
 */
public interface HandingerTasksClient {

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
	 * Run a task and wait for its end, whatever the connection does meanwhile. This costs
	 * credits.
	 * <p>
	 * The task is sent once, with an id that is made here if it has none, and looked up
	 * beside that: first after {@code handinger.await.initial-interval}, then less and
	 * less often. So a connection that is cut, or one that is silent for ever, and a
	 * Handinger that can't be reached for a while cost nothing but time. There is no
	 * time-out: {@link Mono#timeout(java.time.Duration)} sets one. A 429 is waited out.
	 * <p>
	 * One call of this method runs one task, however often the result is subscribed to: a
	 * second subscriber waits for the same end, and after a failure {@code retry()} goes
	 * on looking the task up. Only when the request never reached Handinger is it sent
	 * again.
	 * <p>
	 * Cancelling stops to wait, and does not stop the task. To know its id before the
	 * end, give it one with {@link CreateTask#withNewTaskId()}. Otherwise the id is in
	 * the result and in every exception. The id of an existing task adds a turn, and the
	 * end of that turn counts.
	 * <p>
	 * A server that takes no ids of its callers, and says so with a 400, 404 or 422, gets
	 * the task without one. Its result then is put together from its answer if that does
	 * not tell the id, and there is nothing to look up if the connection is lost.
	 * @param task what to do
	 * @return the task at its end. Signals {@link TaskFailedException} if that is
	 * {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED};
	 * {@link OutcomeUnknownException} if the connection was lost and the task shows no
	 * trace for {@code handinger.await.not-found-grace};
	 * {@link HandingerConnectionException} if the request never reached Handinger; any
	 * other {@link HandingerApiException} if Handinger did not take the task or, with a
	 * 401 or 403, refuses the look-ups
	 */
	Mono<TaskWithTurns> run(CreateTask task);

	/**
	 * Wait for the end of a task, whoever has started it. This costs nothing. Outages are
	 * waited through, without a limit of time.
	 * @param taskId the id of the task
	 * @return the task at its end. Signals {@link TaskFailedException} if that is
	 * {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED}, {@link NotFoundException}
	 * if there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<TaskWithTurns> await(String taskId);

	/**
	 * Follow a task to its end, whoever has started it. This costs nothing. Outages are
	 * waited through, without a limit of time.
	 * @param taskId the id of the task
	 * @return the state of the task now and each that a look-up finds to differ from the
	 * one before, until the task is at an end, good or bad. A subscriber that does not
	 * keep up misses states, and never the last. Signals {@link NotFoundException} if
	 * there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Flux<TaskWithTurns> watch(String taskId);

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
