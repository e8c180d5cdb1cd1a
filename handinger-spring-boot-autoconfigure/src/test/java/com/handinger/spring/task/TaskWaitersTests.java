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
import java.util.function.Consumer;

import com.handinger.spring.support.Tasks;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class TaskWaitersTests {

	private final TaskWaiters taskWaiters = new TaskWaiters();

	private final List<String> heard = new ArrayList<>();

	private TaskWaiters.Listener listener(String name) {
		return listener((task) -> this.heard.add(name + " " + task.task().id()),
				() -> this.heard.add(name + " closed"));
	}

	private static TaskWaiters.Listener listener(Consumer<TaskWithTurns> onFinished, Runnable onClose) {
		return new TaskWaiters.Listener() {

			@Override
			public void onFinished(TaskWithTurns task) {
				onFinished.accept(task);
			}

			@Override
			public void onClose() {
				onClose.run();
			}

		};
	}

	@Test
	void allWhoWaitForATaskAreTold() {
		this.taskWaiters.add("tsk_1", listener("a"));
		this.taskWaiters.add("tsk_1", listener("b"));
		this.taskWaiters.add("tsk_2", listener("c"));
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("a tsk_1", "b tsk_1");
	}

	@Test
	void whoHasLeftIsNotTold() {
		TaskWaiters.Listener a = listener("a");
		this.taskWaiters.add("tsk_1", a);
		this.taskWaiters.add("tsk_1", listener("b"));
		this.taskWaiters.remove("tsk_1", a);
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("b tsk_1");
	}

	@Test
	void listenerMayLeaveWhenItIsTold() {
		List<TaskWaiters.Listener> listeners = new ArrayList<>();
		listeners.add(listener((task) -> this.taskWaiters.remove("tsk_1", listeners.get(0)), () -> {
		}));
		this.taskWaiters.add("tsk_1", listeners.get(0));
		this.taskWaiters.add("tsk_1", listener("b"));
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		this.taskWaiters.publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
		assertThat(this.heard).containsExactly("b tsk_1", "b tsk_1");
	}

	@Test
	void allWhoWaitAreToldThatTheApplicationEnds() {
		this.taskWaiters.add("tsk_1", listener("a"));
		this.taskWaiters.add("tsk_1", listener("b"));
		this.taskWaiters.add("tsk_2", listener("c"));
		this.taskWaiters.close();
		assertThat(this.heard).containsExactlyInAnyOrder("a closed", "b closed", "c closed");
	}

	@Test
	void whoComesWhenTheApplicationHasEndedIsToldAfterAMoment() {
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			this.taskWaiters.close();
			this.taskWaiters.add("tsk_1", listener("a"));
			assertThat(this.heard).isEmpty();
			time.advanceTimeBy(Duration.ofSeconds(1));
			assertThat(this.heard).containsExactly("a closed");
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

}
