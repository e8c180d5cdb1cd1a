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

package com.handinger.spring.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.StartFailure;
import com.handinger.spring.support.Tasks;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.HandingerWorkersClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Further accounts have the settings of the first, and keys of their own.
 */
@ExtendWith(OutputCaptureExtension.class)
class HandingerClientsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String ACME_KEY = "hdg_test_acme";

	private static RawServer server() {
		return RawServer.start((request, connection, number) -> answer(request, connection));
	}

	private static void answer(RawServer.Request request, RawServer.Connection connection) throws IOException {
		connection.json(200, request.line().contains("/workers") ? Json.WORKER : Json.TASK_WITH_TURNS);
	}

	private static void succeeds(Mono<?> call) {
		StepVerifier.create(call).expectNextCount(1).expectComplete().verify(PATIENCE);
	}

	private static List<String> keys(RawServer server) {
		return server.requests().stream().map(HandingerClientsTests::key).toList();
	}

	private static String key(RawServer.Request request) {
		return request.headers().get("Authorization");
	}

	private static HandingerClients.Account acme(HandingerClients clients, String url) {
		return clients.create(HandingerConnectionDetails.of(url, ACME_KEY));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void accountsMixNoKeys(HttpStack stack) {
		try (RawServer server = server()) {
			TasksClient.application(stack, server.url()).run((context) -> {
				HandingerTasksClient first = context.getBean(HandingerTasksClient.class);
				HandingerClients.Account acme = acme(context.getBean(HandingerClients.class), server.url());
				for (Mono<?> call : List.of(first.retrieve("tsk_1"), acme.tasks().retrieve("tsk_1"),
						first.retrieve("tsk_1"), acme.workers().retrieve("wrk_1"))) {
					succeeds(call);
				}
			});
			assertThat(keys(server)).containsExactly("Bearer " + TasksClient.API_KEY, "Bearer " + ACME_KEY,
					"Bearer " + TasksClient.API_KEY, "Bearer " + ACME_KEY);
			assertThat(server.requests()).extracting((request) -> request.headers().get("User-Agent"))
				.allMatch((agent) -> agent.startsWith("handinger-spring-boot/"));
		}
	}

	/**
	 * A call may end a moment before its connection is free for the next one, so that
	 * there are several connections. Taken in turn, two accounts that call in turn would
	 * never meet on one of them.
	 */
	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void accountsShareConnections(HttpStack stack) {
		Map<RawServer.Connection, Set<String>> keys = new ConcurrentHashMap<>();
		try (RawServer server = RawServer.start((request, connection, number) -> {
			keys.computeIfAbsent(connection, (key) -> ConcurrentHashMap.newKeySet()).add(key(request));
			answer(request, connection);
		})) {
			TasksClient.application(stack, server.url()).run((context) -> {
				HandingerTasksClient first = context.getBean(HandingerTasksClient.class);
				HandingerTasksClient acme = acme(context.getBean(HandingerClients.class), server.url()).tasks();
				Awaitility.await().atMost(PATIENCE).until(() -> {
					succeeds((ThreadLocalRandom.current().nextBoolean() ? first : acme).retrieve("tsk_1"));
					return keys.values().stream().anyMatch((ofOne) -> ofOne.size() == 2);
				});
			});
		}
	}

	@Test
	void settingsAreThoseOfTheFirstAccount() {
		try (RawServer acme = RawServer.start((request, connection, number) -> connection.json((number < 3) ? 503 : 200,
				(number < 3) ? "{}" : Json.TASK_WITH_TURNS))) {
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, "http://localhost:1", "handinger.retry.max-attempts=3",
						"handinger.max-response-size=10B")
				.withBean(WebClientCustomizer.class, () -> (builder) -> builder.defaultHeader("X-Tenant", "42"))
				.run((context) -> StepVerifier
					.create(acme(context.getBean(HandingerClients.class), acme.url()).tasks().retrieve("tsk_1"))
					.expectError(UnexpectedResponseException.class)
					.verify(PATIENCE));
			assertThat(acme.requests()).hasSize(3)
				.allSatisfy((request) -> assertThat(request.headers()).containsEntry("X-Tenant", "42"));
		}
	}

	@Test
	void firstAccountNeedsNoKey() {
		try (RawServer server = server()) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, "", "handinger.api-key=").run((context) -> {
				assertThat(context).hasNotFailed();
				succeeds(acme(context.getBean(HandingerClients.class), server.url()).tasks().retrieve("tsk_1"));
			});
		}
	}

	@Test
	void keyOfAFurtherAccountIsReadForEachRequest() {
		try (RawServer server = server()) {
			String[] key = { ACME_KEY };
			TasksClient.application(HttpStack.REACTOR_EPOLL, "").run((context) -> {
				HandingerTasksClient acme = context.getBean(HandingerClients.class)
					.create(new HandingerConnectionDetails() {

						@Override
						public String getBaseUrl() {
							return server.url();
						}

						@Override
						public String getApiKey() {
							return key[0];
						}

					})
					.tasks();
				succeeds(acme.retrieve("tsk_1"));
				key[0] = "hdg_test_new";
				succeeds(acme.retrieve("tsk_1"));
			});
			assertThat(keys(server)).containsExactly("Bearer " + ACME_KEY, "Bearer hdg_test_new");
		}
	}

	@Test
	void clientThatIsNoDefaultCandidateLeavesTheFirstAlone() {
		twoBeans(FurtherClient.class).run((context) -> {
			assertThat(context.getBeansOfType(HandingerTasksClient.class)).containsOnlyKeys("handingerTasksClient",
					"acmeTasks");
			assertThat(context.getBean(HandingerTasksClient.class)).isSameAs(context.getBean("handingerTasksClient"));
		});
	}

	@Test
	void clientThatIsADefaultCandidateTakesThePlaceOfTheFirst() {
		twoBeans(OtherClient.class).run((context) -> assertThat(context.getBeansOfType(HandingerTasksClient.class))
			.containsOnlyKeys("acmeTasks"));
	}

	private static ApplicationContextRunner twoBeans(Class<?> configuration) {
		return TasksClient.application(HttpStack.REACTOR_EPOLL, "").withUserConfiguration(configuration);
	}

	@Test
	void endsOfTasksOfOneAccountAreNoneOfAnother() {
		try (TasksServer handinger = TasksServer.start().withRunningTask("tsk_1", Duration.ofHours(1))) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, handinger.url()).run((context) -> {
				CompletableFuture<TaskWithTurns> first = context.getBean(HandingerTasksClient.class)
					.await("tsk_1")
					.toFuture();
				CompletableFuture<TaskWithTurns> acme = acme(context.getBean(HandingerClients.class), handinger.url())
					.tasks()
					.await("tsk_1")
					.toFuture();
				Awaitility.await().atMost(PATIENCE).until(() -> handinger.lookUps() >= 2);
				context.getBean(TaskWaiters.class).publish(Tasks.task("tsk_1", TaskStatus.COMPLETED));
				assertThat(first).succeedsWithin(PATIENCE);
				assertThat(acme).isNotDone();
				acme.cancel(false);
			});
		}
	}

	@Test
	void endOfTheApplicationEndsTheWaitsOfAllAccounts() {
		HandingerClients[] clients = new HandingerClients[1];
		CompletableFuture<?>[] wait = new CompletableFuture<?>[1];
		try (TasksServer handinger = TasksServer.start().withRunningTask("tsk_1", Duration.ofHours(1))) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, "").run((context) -> {
				clients[0] = context.getBean(HandingerClients.class);
				wait[0] = acme(clients[0], handinger.url()).tasks().await("tsk_1").toFuture();
				Awaitility.await().atMost(PATIENCE).until(() -> handinger.lookUps() >= 1);
			});
			assertThat(wait[0]).failsWithin(PATIENCE.toSeconds(), TimeUnit.SECONDS)
				.withThrowableThat()
				.withCauseInstanceOf(HandingerConnectionException.class);
			StepVerifier.create(acme(clients[0], handinger.url()).tasks().create(CreateTask.of("x")))
				.expectErrorSatisfies((error) -> assertThat(error).hasMessageContaining("the application ends"))
				.verify(PATIENCE);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"https://handinger.com|\"\"|There is no API key for Handinger: getApiKey() of HandingerConnectionDetails.of(…)",
			"https://handinger.com|\" \"|There is no API key", "https://handinger.com||There is no API key",
			"https://handinger.com|hdg_test 5ecret|that can't be part of a key",
			"http://handinger.internal|hdg_test_5ecret|plain http would show the API key",
			"handinger.com|hdg_test_5ecret|has to start with https://", "|hdg_test_5ecret|has to start with https://",
			"https://hdg_test_5ecret@handinger.com|hdg_test_5ecret|must not have user info" })
	void badDetailsFailAtOnceAndShowNoKey(String url, String key, String reason) {
		twoBeans(OtherClient.class).run((context) -> {
			HandingerConnectionDetails details = HandingerConnectionDetails.of(url, key);
			assertThatException().isThrownBy(() -> context.getBean(HandingerClients.class).create(details))
				.withMessageContaining(reason)
				.satisfies((failure) -> assertThat(failure.getMessage()).doesNotContain("5ecret"));
		});
	}

	@Test
	void applicationWhoseFurtherAccountHasNoKeySaysSo(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.NONE, NoKey.class, "handinger.api-key=hdg_test_5ecret"))
			.contains("A client of a further account of Handinger is created", "Give HandingerClients.create")
			.doesNotContain("5ecret");
	}

	@Test
	void detailsDoNotShowTheirKey() {
		assertThat(HandingerConnectionDetails.of("https://handinger.com", "hdg_test_5ecret"))
			.hasToString("HandingerConnectionDetails[baseUrl=https://handinger.com, apiKey=******]");
		assertThat(HandingerConnectionDetails.of("https://user:5ecret@handinger.com", "5ecret").toString())
			.doesNotContain("5ecret");
	}

	@Test
	void clientsOfTheApplicationWin() {
		HandingerClients[] theirs = new HandingerClients[1];
		TasksClient.application(HttpStack.REACTOR_EPOLL, "")
			.run((context) -> theirs[0] = context.getBean(HandingerClients.class));
		TasksClient.application(HttpStack.REACTOR_EPOLL, "")
			.withBean(HandingerClients.class, () -> theirs[0])
			.run((context) -> assertThat(context).getBean(HandingerClients.class).isSameAs(theirs[0]));
	}

	@Configuration(proxyBeanMethods = false)
	static class FurtherClient {

		@Bean(defaultCandidate = false)
		HandingerTasksClient acmeTasks(HandingerClients clients) {
			return acme(clients, "https://handinger.com").tasks();
		}

		@Bean(defaultCandidate = false)
		HandingerWorkersClient acmeWorkers(HandingerClients clients) {
			return acme(clients, "https://handinger.com").workers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherClient {

		@Bean
		HandingerTasksClient acmeTasks(HandingerClients clients) {
			return acme(clients, "https://handinger.com").tasks();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoKey {

		@Bean(defaultCandidate = false)
		HandingerTasksClient acmeTasks(HandingerClients clients) {
			return clients.create(HandingerConnectionDetails.of("https://handinger.com", "")).tasks();
		}

	}

}
