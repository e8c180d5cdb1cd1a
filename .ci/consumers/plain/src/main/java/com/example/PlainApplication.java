package com.example;

import java.time.Duration;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.Budget;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs a task, prints its status, and exits.
 */
@SpringBootApplication
public class PlainApplication {

	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = SpringApplication.run(PlainApplication.class, args)) {
			HandingerTasksClient tasks = context.getBean(HandingerTasksClient.class);
			CreateTask task = CreateTask.of("Say hello").withBudget(Budget.LOW);
			System.out.println("Plain: " + tasks.run(task).block(Duration.ofSeconds(30)).task().status());
		}
	}

}
