package com.example;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Runs tasks while a request waits, and returns whether a task was delivered.
 */
@SpringBootApplication
@RestController
public class MvcApplication {

	private final HandingerTasksClient tasks;

	private final Set<String> delivered = ConcurrentHashMap.newKeySet();

	public MvcApplication(HandingerTasksClient tasks) {
		this.tasks = tasks;
	}

	public static void main(String[] args) {
		SpringApplication.run(MvcApplication.class, args);
	}

	@GetMapping("/run")
	Answer run() {
		TaskWithTurns end = this.tasks.run(CreateTask.of("Say hello").withWorkerId("wrk_test")).block();
		return new Answer(end.task().id(), end.task().status().name(), Thread.currentThread().toString());
	}

	@GetMapping("/delivered/{taskId}")
	boolean isDelivered(@PathVariable String taskId) {
		return this.delivered.contains(taskId);
	}

	@EventListener
	void on(TaskFinishedEvent event) {
		this.delivered.add(event.taskId());
	}

	record Answer(String taskId, String status, String thread) {
	}

}
