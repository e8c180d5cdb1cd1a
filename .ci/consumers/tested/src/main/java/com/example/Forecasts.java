package com.example;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.Budget;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Service;

@Service
class Forecasts {

	private final HandingerTasksClient tasks;

	Forecasts(HandingerTasksClient tasks) {
		this.tasks = tasks;
	}

	Mono<String> forecast(String city) {
		CreateTask task = CreateTask.of("What's the weather in " + city + "?").withBudget(Budget.LOW);
		return this.tasks.run(task).map(TaskWithTurns::outputText);
	}

}
