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
 * Nothing is sent before there is a subscriber, and nothing blocks. Each call signals its
 * failures as a {@link HandingerException}: a {@link HandingerApiException} for a status
 * of 400 and above, an {@link UnexpectedResponseException} for a response that is not the
 * API's, and a {@link HandingerConnectionException} if there is no response and the call
 * may safely be made again. All calls except {@link #create create}, {@link #run run},
 * {@link #start start} and {@link #follow follow} cost nothing and are retried after
 * transient failures. {@link #retrieve}, {@link #turns} and {@link #delete} fail after
 * {@code handinger.retry.max-attempts} attempts, each of which times out after
 * {@code handinger.read-timeout} of silence.
 */
public interface HandingerTasksClient {

	/**
	 * Run a task and wait for the response to its request, for seconds or for an hour.
	 * This costs credits.
	 * <p>
	 * One call of this method sends at most one request that may be carried out, for any
	 * number of subscriptions: a second subscriber, {@code retry()} and {@code repeat()}
	 * get the same outcome. Only if the request never reached Handinger, the next
	 * subscriber makes a new attempt. To run the same task twice, call this method twice.
	 * <p>
	 * A task with a {@link CreateTask#withKey key} is looked up first, and polled as by
	 * {@link #run run}, so that a lost connection is recovered. If another call or
	 * process has sent it, the worker is retrieved when the task has ended. If such a
	 * task fails, the error is a {@link TaskFailedException}.
	 * <p>
	 * Cancelling closes the connection and does not stop the task. There is no timeout
	 * unless {@code handinger.task-timeout} sets one.
	 * @param task the task
	 * @return the worker when the task has finished. Signals
	 * {@link OutcomeUnknownException} if the task may run and its response is lost:
	 * retrieve it by its id; {@link HandingerConnectionException} if the request never
	 * reached Handinger; {@link UnprocessableContentException} or
	 * {@link BadRequestException} if Handinger rejected the task;
	 * {@link RateLimitedException} if it asked to wait longer than
	 * {@code handinger.retry.max-backoff}; {@link IllegalArgumentException} if an
	 * attachment can't be read, in which case nothing was sent
	 */
	Mono<Worker> create(CreateTask task);

	/**
	 * Run a task and wait for its end, whatever happens to the connection. This costs
	 * credits.
	 * <p>
	 * The task is sent once, with an id that is created here if it has none. At the same
	 * time it is polled: first after {@code handinger.await.initial-interval}, then less
	 * and less often, up to {@code handinger.await.max-interval} (see {@link Polling}).
	 * So a dropped or silent connection and an unavailable Handinger cost nothing but
	 * time. There is no timeout: {@link Mono#timeout(java.time.Duration)} sets one. After
	 * a 429 the task is sent again.
	 * <p>
	 * One call of this method runs one task, for any number of subscriptions: a second
	 * subscriber waits for the same end, and after a failure {@code retry()} continues to
	 * poll. Only a request that never reached Handinger is sent again.
	 * <p>
	 * Cancelling ends the wait and does not stop the task. To know its id before the end,
	 * set one with {@link CreateTask#withNewTaskId()}. Otherwise the id is in the result
	 * and in every exception. The id of an existing task adds a turn, and the run ends
	 * with that turn.
	 * <p>
	 * If the server refuses new ids with a 400, 404 or 422, the task is sent without one.
	 * If the response does not tell the id either, the result is put together from the
	 * response, and a lost connection can't be recovered.
	 * @param task the task
	 * @return the task when it has ended. Signals {@link TaskFailedException} if its
	 * status is {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED};
	 * {@link OutcomeUnknownException} if the connection was lost and the task is missing
	 * for {@code handinger.await.not-found-grace}; {@link HandingerConnectionException}
	 * if the request never reached Handinger; any other {@link HandingerApiException} if
	 * Handinger rejected the task or, with a 401 or 403, its polls
	 */
	Mono<TaskWithTurns> run(CreateTask task);

	/**
	 * Start a task, which runs on without its subscribers. This costs credits.
	 * <p>
	 * The task is sent once, as by {@link #run run}. As soon as Handinger has the task,
	 * which is the first poll that shows it or the response to its request, the handle is
	 * emitted. From then on the run belongs to this client: it keeps the connection and
	 * polls until the task has ended or the application ends, and counts and observes the
	 * run, in the context of its first subscriber, which it keeps. If its polls are
	 * refused with a 401 or 403, it ends with a WARN. {@link #await(TaskHandle)} returns
	 * its end, in this process or any other. So a failure after the handle was emitted is
	 * that of {@code await}.
	 * <p>
	 * Cancelling before that ends the wait, closes the connection unless others wait as
	 * well, and does not stop the task. One call of this method runs one task, for any
	 * number of subscriptions: a second subscriber gets the same handle, and after a
	 * failure {@code retry()} continues to poll. If the server refuses ids of new tasks,
	 * the handle is emitted when the task has ended.
	 * @param task the task
	 * @return the handle of the run. A task that has ended in an error before it was
	 * shown has a handle, too. Signals what {@link #run run} signals if Handinger refuses
	 * the task, or if it is not known whether the task runs
	 */
	Mono<TaskHandle> start(CreateTask task);

	/**
	 * Run a task and follow it to its end, whatever happens to the connection. This costs
	 * credits.
	 * <p>
	 * This is {@link #run run} with the states that its polls show. It has no second
	 * polling loop.
	 * @param task the task
	 * @return each state of the task that differs from the previous one, from the first
	 * poll that shows the turn of this run until it has ended with any status. A slow
	 * subscriber may miss states, but never the last. A second one begins with the next
	 * poll. Signals what {@link #run run} signals, except {@link TaskFailedException}
	 */
	Flux<TaskWithTurns> follow(CreateTask task);

	/**
	 * Wait for the end of a run that was started anywhere. This costs nothing. The wait
	 * survives outages and has no timeout. A run of this process that ends, and a webhook
	 * delivery, end it at once.
	 * @param handle the handle of the run, from {@link #start start}
	 * @return the task when it has ended with the turn of that run or, if it has further
	 * turns by then, with the last one. Signals {@link TaskFailedException} if its status
	 * is {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED},
	 * {@link OutcomeUnknownException} if the task or the turn is missing for
	 * {@code handinger.await.not-found-grace}, and {@link HandingerConnectionException}
	 * if the application ends
	 */
	Mono<TaskWithTurns> await(TaskHandle handle);

	/**
	 * Follow a run that was started anywhere to its end. This costs nothing. The wait
	 * survives outages and has no timeout.
	 * @param handle the handle of the run, from {@link #start start}
	 * @return the current state of the task and each later one that differs, until the
	 * task has ended with the turn of that run and any status. A slow subscriber may miss
	 * states, but never the last. Signals {@link OutcomeUnknownException} if the task or
	 * the turn is missing for {@code handinger.await.not-found-grace}, and
	 * {@link HandingerConnectionException} if the application ends
	 */
	Flux<TaskWithTurns> watch(TaskHandle handle);

	/**
	 * Wait for the end of a task that was started anywhere. This costs nothing. The wait
	 * survives outages and has no timeout.
	 * <p>
	 * The id alone does not tell which turn to wait for: if a further turn was sent and
	 * does not show yet, the task of the turn before is returned. Nor does it tell that
	 * the task was sent: one that does not show yet is a {@link NotFoundException}.
	 * {@link #await(TaskHandle)} knows both.
	 * @param taskId the id of the task
	 * @return the task when it has ended. Signals {@link TaskFailedException} if its
	 * status is {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED},
	 * {@link NotFoundException} if there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<TaskWithTurns> await(String taskId);

	/**
	 * Follow a task that was started anywhere to its end. This costs nothing. The wait
	 * survives outages and has no timeout.
	 * @param taskId the id of the task
	 * @return the current state of the task and each later one that differs, until the
	 * task has ended with any status. A slow subscriber may miss states, but never the
	 * last. Signals {@link NotFoundException} if there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Flux<TaskWithTurns> watch(String taskId);

	/**
	 * Retrieve a task with its turns. If the server omits the turns, a second call reads
	 * them.
	 * @param taskId the id of the task
	 * @return the task with its turns. Signals {@link NotFoundException} if there is no
	 * such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<TaskWithTurns> retrieve(String taskId);

	/**
	 * Retrieve the turns of a task in the order in which they ran.
	 * @param taskId the id of the task
	 * @return the turns. Signals {@link NotFoundException} if there is no such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Flux<Turn> turns(String taskId);

	/**
	 * Archive a task, which only the creator of its worker may. Its turns and files are
	 * kept.
	 * @param taskId the id of the task
	 * @return whether it is archived. Signals {@link NotFoundException} if there is no
	 * such task
	 * @throws IllegalArgumentException if the id is empty or has a control character
	 */
	Mono<DeleteTaskResponse> delete(String taskId);

}
