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

package com.handinger.spring.run;

import java.util.Optional;
import java.util.stream.Stream;

import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;

/**
 * Runs tasks so that they outlive the process. A run is a row in the database of the
 * application, with a key that the application chooses, such as the id of an order. It is
 * sent to Handinger at most once, and any instance of the application continues it after
 * a restart.
 * <p>
 * The end of a run is a {@link TaskFinishedEvent} with its
 * {@linkplain TaskFinishedEvent#runKey() key}. A request that Handinger refuses is a
 * {@link TaskRunRefusedEvent}. A run that may have been sent and has left no trace is a
 * {@link TaskRunUnknownEvent}.
 * <p>
 * All methods block, and cost one or a few statements in the database. None of them calls
 * Handinger. A key has 1 to 100 characters, without a control character, and without a
 * space at either end. Upper and lower case differ.
 */
public interface HandingerRuns {

	/**
	 * Submit a run. The run is stored in the transaction of this thread, if there is one,
	 * and is sent after its commit. If the transaction is rolled back, nothing is sent.
	 * <p>
	 * A key that is known joins its run: nothing is stored, and the task is ignored. The
	 * key of a run that has ended is known until the end of
	 * {@code handinger.runs.retention}.
	 * <p>
	 * The input is readable in the database until the run is sent, and is then removed.
	 * @param key the key of the run
	 * @param task the task to run; with the id of an existing task, a further turn. An
	 * attachment has to be created by {@link Attachment#ofLocation(String)}
	 * @return the run, or the one that was joined
	 * @throws IllegalArgumentException if the key is invalid, or if the task has an
	 * attachment that can't be stored
	 */
	DurableRun submit(String key, CreateTask task);

	/**
	 * Find a run by its key.
	 * @param key the key
	 * @return the run, which is empty if the key was never submitted, if the run was
	 * canceled, or if its retention is over
	 */
	Optional<DurableRun> find(String key);

	/**
	 * Send a run again whose outcome is unknown. This is a decision for a person: the
	 * task may run twice, and cost twice, if the first request has reached Handinger
	 * after all. A new task gets a new id. The listeners are called for that one alone.
	 * @param key the key of the run
	 * @param task the task to run, because the input of the first request was removed
	 * @return the run, which is requested again
	 * @throws IllegalStateException if there is no such run, or if its state is not
	 * {@link RunState#UNKNOWN}
	 * @throws IllegalArgumentException if the task has an attachment that can't be stored
	 * @see OutcomeUnknownException
	 */
	DurableRun resend(String key, CreateTask task);

	/**
	 * Cancel a run that was not sent yet. Its row is removed, and its key is free again.
	 * Takes part in the transaction of this thread.
	 * @param key the key of the run
	 * @return whether the run was canceled, which it is not if it is being sent, was
	 * sent, or does not exist
	 */
	boolean cancel(String key);

	/**
	 * Return the runs whose outcome is unknown. Reads the runs that have not ended.
	 * @return the runs, oldest first
	 */
	Stream<DurableRun> unknown();

}
