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

package com.handinger.spring.webhook;

import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.ParameterizedTest;
import java.util.stream.Stream;
import java.util.function.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Webhook;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

/**
 * Handinger is told where to deliver, and tells its tokens.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookRegistrationTests {

	private static final String URL = "https://example.com/handinger/webhook";

	private static final String OTHER_URL = "https://other.example/hook";

	private final HandingerWorkersClient workers = mock(HandingerWorkersClient.class);

	private final WebhookTokens tokens = new WebhookTokens(List::of, false);

	private VirtualTimeScheduler time;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private WebhookRegistration start(boolean overwrite) {
		WebhookRegistration registration = new WebhookRegistration(
				new WebhookSettings.Registration(URL, List.of("wrk_1"), overwrite), this.workers, this.tokens);
		registration.start();
		return registration;
	}

	private void givenWebhook(@Nullable String token, @Nullable String url) {
		given(this.workers.webhook("wrk_1")).willReturn(Mono.just(new Webhook(token, url)));
	}

	private void givenUpdateGives(String token) {
		given(this.workers.updateWebhook("wrk_1", URL)).willReturn(Mono.just(new Webhook(token, URL)));
	}

	@Test
	void webhookIsSetWhereThereIsNone() {
		givenWebhook(null, null);
		givenUpdateGives("whk_1");
		assertThat(start(false).states()).containsEntry("wrk_1", "registered");
		assertThat(this.tokens.accept("whk_1")).isTrue();
		assertThat(this.tokens.accept("whk_2")).isFalse();
	}

	@Test
	void webhookThatIsSetIsLeftAlone() {
		givenWebhook("whk_1", URL);
		start(false);
		assertThat(this.tokens.accept("whk_1")).isTrue();
		then(this.workers).should(never()).updateWebhook(anyString(), anyString());
	}

	@Test
	void webhookOfSomebodyElseIsToldOfAndLeftAlone(CapturedOutput output) {
		givenWebhook("whk_1", OTHER_URL);
		WebhookRegistration registration = start(false);
		this.time.advanceTimeBy(Duration.ofMinutes(30));
		assertThat(output).contains("ERROR").contains(URL).contains(OTHER_URL).containsOnlyOnce("is not registered");
		assertThat(registration.states().get("wrk_1")).contains(URL, OTHER_URL,
				"handinger.webhook.registration.overwrite=true");
		assertThat(this.tokens.areExpected()).isFalse();
		then(this.workers).should(never()).updateWebhook(anyString(), anyString());
	}

	@Test
	void webhookOfSomebodyElseIsReplacedIfThatIsWanted() {
		givenWebhook("whk_1", OTHER_URL);
		givenUpdateGives("whk_2");
		start(true);
		assertThat(this.tokens.accept("whk_2")).isTrue();
		assertThat(this.tokens.accept("whk_1")).isFalse();
	}

	@Test
	void registrationThatFailsIsTriedAgainLessAndLessOften(CapturedOutput output) {
		AtomicInteger attempts = new AtomicInteger();
		given(this.workers.webhook("wrk_1")).willReturn(Mono.defer(() -> (attempts.incrementAndGet() <= 5)
				? Mono.error(new HandingerConnectionException("No connection: call again", null, null, false))
				: Mono.just(new Webhook("whk_1", URL))));
		WebhookRegistration registration = start(false);
		assertThat(registration.states()).containsEntry("wrk_1", "No connection: call again");
		this.time.advanceTimeBy(Duration.ofSeconds(1 + 2 + 4 + 8 + 16).minusMillis(1));
		assertThat(attempts).hasValue(5);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(registration.states()).containsEntry("wrk_1", "registered");
		assertThat(output).containsOnlyOnce("is not registered");
	}

	@Test
	void unknownTokenHasTheTokensReadAgainOnceAMinute() {
		givenWebhook("whk_1", URL);
		WebhookRegistration registration = start(false);
		givenWebhook("whk_2", URL);
		for (int i = 0; i < 1000; i++) {
			registration.onUnknownToken();
		}
		assertThat(this.tokens.accept("whk_2")).isTrue();
		assertThat(this.tokens.accept("whk_1")).isFalse();
		then(this.workers).should(times(2)).webhook("wrk_1");
	}

	@Test
	void unknownTokenNeverHasAWebhookSet() {
		givenWebhook("whk_1", URL);
		WebhookRegistration registration = start(true);
		givenWebhook("whk_2", OTHER_URL);
		registration.onUnknownToken();
		assertThat(this.tokens.accept("whk_2")).isFalse();
		then(this.workers).should(never()).updateWebhook(anyString(), anyString());
	}

	@ParameterizedTest
	@MethodSource("unansweredCalls")
	void clientThatReturnsNothingIsToldOfOnceAndNotAskedAgain(Consumer<HandingerWorkersClient> client, String call,
			CapturedOutput output) {
		client.accept(this.workers);
		WebhookRegistration registration = new WebhookRegistration(
				new WebhookSettings.Registration(URL, List.of("wrk_1", "wrk_2"), true), this.workers, this.tokens);
		registration.start();
		this.time.advanceTimeBy(Duration.ofHours(1));
		registration.onUnknownToken();
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains(call + " returned null", "not tried again");
		assertThat(output).doesNotContain("ERROR").doesNotContain("ErrorCallback").doesNotContain("\tat ");
		assertThat(registration.states().get("wrk_1")).contains(call);
	}

	static Stream<Arguments> unansweredCalls() {
		return Stream.of(Arguments.of(client((workers) -> {
		}), "HandingerWorkersClient.webhook"),
				Arguments.of(client((workers) -> given(workers.webhook(anyString())).willReturn(Mono.empty())),
						"HandingerWorkersClient.webhook"),
				Arguments.of(client((workers) -> given(workers.webhook(anyString()))
					.willReturn(Mono.just(new Webhook(null, null)))), "HandingerWorkersClient.updateWebhook"));
	}

	private static Consumer<HandingerWorkersClient> client(Consumer<HandingerWorkersClient> client) {
		return client;
	}

	@Test
	void clientThatThrowsIsAskedAgain(CapturedOutput output) {
		given(this.workers.webhook("wrk_1")).willThrow(new IllegalStateException("This is just a test"));
		WebhookRegistration registration = start(false);
		registration.onUnknownToken();
		this.time.advanceTimeBy(Duration.ofHours(1));
		then(this.workers).should(atLeast(5)).webhook("wrk_1");
		assertThat(output).containsOnlyOnce("This is just a test").doesNotContain("ERROR");
	}

	@Test
	void nothingIsTriedAnyMoreAfterTheEnd() {
		given(this.workers.webhook("wrk_1"))
			.willReturn(Mono.error(new HandingerConnectionException("No connection", null, null, false)));
		start(false).stop();
		this.time.advanceTimeBy(Duration.ofHours(1));
		then(this.workers).should(times(1)).webhook("wrk_1");
	}

}
