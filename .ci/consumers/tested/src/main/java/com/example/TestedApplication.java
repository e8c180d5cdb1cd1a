package com.example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application with a service and tests.
 */
@SpringBootApplication
public class TestedApplication {

	public static void main(String[] args) {
		SpringApplication.run(TestedApplication.class, args);
	}

}
