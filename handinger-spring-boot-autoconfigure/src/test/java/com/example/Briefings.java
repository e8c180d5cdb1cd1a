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

import java.time.LocalDate;
import java.util.List;

import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.CreateSchedule;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.When;
import com.handinger.spring.worker.WorkerSchedule;
import com.handinger.spring.worker.WorkerTemplate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Service;

@Service
class Briefings {

	private final HandingerWorkersClient workers;

	Briefings(HandingerWorkersClient workers) {
		this.workers = workers;
	}

	Mono<WorkerTemplate> newWorker() {
		return this.workers.create(CreateWorker.of("Sum the news up in five sentences, and name your sources.")
			.withTitle("Briefing")
			.withOutputSchema(Briefing.class));
	}

	Mono<WorkerSchedule> everyWeekday(String workerId) {
		return this.workers.schedule(workerId,
				CreateSchedule.of("What is new since yesterday?", When.cron("0 9 * * 1-5")).withBudget(Budget.LOW));
	}

	record Briefing(String headline, List<String> sentences, @Nullable LocalDate date) {
	}

}
