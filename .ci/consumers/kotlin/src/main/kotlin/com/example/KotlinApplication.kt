package com.example

import com.handinger.spring.task.CreateTask
import com.handinger.spring.task.HandingerTasksClient
import com.handinger.spring.task.TaskWithTurns
import com.handinger.spring.worker.Budget
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.reactor.awaitSingle
import kotlinx.coroutines.runBlocking
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.stereotype.Service

/**
 * Runs two concurrent tasks, prints their statuses, and exits.
 */
@SpringBootApplication
class KotlinApplication

@Service
class Greetings(private val tasks: HandingerTasksClient) {

	suspend fun greet(name: String): TaskWithTurns =
		tasks.run(CreateTask.of("Say hello to $name").withBudget(Budget.LOW)).awaitSingle()

	suspend fun greetAll(vararg names: String): List<TaskWithTurns> = coroutineScope {
		names.map { async { greet(it) } }.awaitAll()
	}

}

fun main(args: Array<String>) {
	runApplication<KotlinApplication>(*args).use { context ->
		val ends = runBlocking { context.getBean(Greetings::class.java).greetAll("Ada", "Grace") }
		println("Kotlin: " + ends.map { it.task().status() })
		val text: String? = ends.first().turns().first().outputText()
		println("Kotlin: " + text?.length)
	}
}
