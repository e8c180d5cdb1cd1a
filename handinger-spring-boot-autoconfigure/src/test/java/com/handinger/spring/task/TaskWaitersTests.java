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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.handinger.spring.support.Tasks;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class TaskWaitersTests {

	private final TaskWaiters taskWaiters = new TaskWaiters();

	private final List<String> heard = new ArrayList<>();

	private Disposable wait(String taskId, String name) {
		return this.taskWaiters.ends(taskId, Schedulers.parallel())
			.subscribe((task) -> this.heard.add(name + " " + task.task().id()),
					(error) -> this.heard.add(name + " failed"), () -> this.heard.add(name + " closed"));
	}

	@Test
	void allWhoWaitForATaskAreTold() {
		wait("tsk_1", "a");
		wait("tsk_1", "b");
		wait("tsk_2", "c");
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("a tsk_1", "b tsk_1");
	}

	@Test
	void whoHasLeftIsNotTold() {
		Disposable a = wait("tsk_1", "a");
		wait("tsk_1", "b");
		a.dispose();
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("b tsk_1");
	}

	@Test
	void listenerMayLeaveWhenItIsTold() {
		Disposable.Swap first = Disposables.swap();
		first.update(this.taskWaiters.ends("tsk_1", Schedulers.parallel()).subscribe((task) -> first.dispose()));
		wait("tsk_1", "b");
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("b tsk_1", "b tsk_1");
	}

	@Test
	void allWhoWaitAreToldThatTheApplicationEnds() {
		wait("tsk_1", "a");
		wait("tsk_1", "b");
		wait("tsk_2", "c");
		this.taskWaiters.close();
		assertThat(this.heard).containsExactlyInAnyOrder("a closed", "b closed", "c closed");
	}

	@Test
	void whoComesWhenTheApplicationHasEndedIsToldAfterAMoment() {
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			this.taskWaiters.close();
			wait("tsk_1", "a");
			assertThat(this.heard).isEmpty();
			time.advanceTimeBy(Duration.ofSeconds(1));
			assertThat(this.heard).containsExactly("a closed");
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	@Test
	void whoHasLeftIsNotToldAfterThatMoment() {
		VirtualTimeScheduler time = VirtualTimeScheduler.create();
		this.taskWaiters.close();
		this.taskWaiters.add("tsk_1", (signal) -> this.heard.add("a " + signal), time).dispose();
		time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.heard).isEmpty();
	}

	@Test
	void whoComesWhenTheTimerHasEndedTooIsTold() {
		Scheduler ended = Schedulers.newSingle("ended");
		ended.dispose();
		this.taskWaiters.close();
		StepVerifier.create(this.taskWaiters.ends("tsk_1", ended)).expectComplete().verify(Duration.ofMinutes(1));
	}

}
