package com.example;

import javax.sql.DataSource;

import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;
import jakarta.persistence.EntityManager;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Saves an order and submits its run in one transaction, and notes the result.
 */
@SpringBootApplication
@RestController
public class DurableApplication {

	private final EntityManager orders;

	private final HandingerRuns runs;

	public DurableApplication(EntityManager orders, HandingerRuns runs) {
		this.orders = orders;
		this.runs = runs;
	}

	public static void main(String[] args) {
		SpringApplication.run(DurableApplication.class, args);
	}

	@Bean
	static JdbcMetadataStore metadataStore(DataSource dataSource) {
		return new JdbcMetadataStore(dataSource);
	}

	@PostMapping("/orders/{id}")
	@Transactional
	public void order(@PathVariable String id) {
		this.orders.persist(new PurchaseOrder(id));
		this.runs.submit(id, CreateTask.of("Check order " + id + " [delay=30s]"));
	}

	@EventListener
	public void on(TaskFinishedEvent event) {
		this.orders.find(PurchaseOrder.class, event.runKey()).finish(event.outputText());
	}

}
