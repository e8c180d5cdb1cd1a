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

package com.handinger.spring.worker;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The attempts to deliver to a webhook come page by page, as a subscriber asks for them.
 */
class WebhookExecutionsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final List<Integer> pages = new CopyOnWriteArrayList<>();

	private Flux<String> ids(IntFunction<String> server) {
		HandingerWorkersClient client = new DefaultHandingerWorkersClient(FakeNetwork.transport((request) -> {
			int page = page(request.url());
			this.pages.add(page);
			String body = server.apply(page);
			return Mono.just(ClientResponse.create(body.isEmpty() ? HttpStatus.BAD_GATEWAY : HttpStatus.OK)
				.header("Content-Type", "application/json")
				.body(body)
				.build());
		}, Duration.ofMillis(1)));
		return client.webhookExecutions("wrk_1").map(WebhookExecution::id);
	}

	private static int page(URI url) {
		assertThat(url.getRawPath()).isEqualTo("/api/workers/wrk_1/webhook/executions");
		return Integer.parseInt(url.getRawQuery().substring("page=".length()));
	}

	private static String page(int page, int pageCount, int first, int size) {
		return Json.webhookExecutions(page, pageCount,
				IntStream.range(first, first + size).mapToObj((number) -> "whx_" + number).toArray(String[]::new));
	}

	/**
	 * A server with 50 attempts on each of three pages.
	 */
	private static String threePages(int page) {
		return page(page, 3, (page - 1) * 50, 50);
	}

	@Test
	void allPagesAreReadInTheirOrder() {
		List<String> ids = ids(WebhookExecutionsTests::threePages).collectList().block(PATIENCE);
		assertThat(ids)
			.containsExactlyElementsOf(IntStream.range(0, 150).mapToObj((number) -> "whx_" + number).toList());
		assertThat(this.pages).containsExactly(1, 2, 3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2147483648", "99999999999999999999", "1.5", "\"many\"", "null", "{}", "[1]" })
	void countThatIsOddHidesNoAttempts(String count) {
		assertThat(ids((page) -> threePages(page).replace("\"totalCount\":50", "\"totalCount\":" + count)
			.replace("\"page\":" + page, "\"page\":" + count)).collectList().block(PATIENCE)).hasSize(150);
	}

	@ParameterizedTest
	@ValueSource(strings = { "2147483648", "99999999999999999999", "1e400", "3.5", "\"many\"", "null", "{}", "[1]" })
	void countOfPagesThatIsOddHidesNoAttempts(String count) {
		assertThat(ids((page) -> page(page, 3, (page - 1) * 50, (page <= 3) ? 50 : 0).replace("\"pageCount\":3",
				"\"pageCount\":" + count))
			.collectList()
			.block(PATIENCE)).hasSize(150);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 10, 49, 50 })
	void subscriberThatHasEnoughStopsAtItsPage(int count) {
		assertThat(ids(WebhookExecutionsTests::threePages).take(count).collectList().block(PATIENCE)).hasSize(count);
		assertThat(this.pages).containsExactly(1);
	}

	@Test
	void nextPageIsReadOnceThereIsDemandForIt() {
		StepVerifier.create(ids(WebhookExecutionsTests::threePages), 0)
			.expectSubscription()
			.then(() -> assertThat(this.pages).isEmpty())
			.thenRequest(49)
			.expectNextCount(49)
			.thenRequest(1)
			.expectNextCount(1)
			.then(() -> assertThat(this.pages).containsExactly(1))
			.thenRequest(1)
			.expectNext("whx_50")
			.then(() -> assertThat(this.pages).containsExactly(1, 2))
			.thenRequest(99)
			.expectNextCount(99)
			.expectComplete()
			.verify(PATIENCE);
		assertThat(this.pages).containsExactly(1, 2, 3);
	}

	@Test
	void emptyPageIsTheLast() {
		assertThat(ids((page) -> page(page, 9, page * 50, (page < 3) ? 50 : 0)).collectList().block(PATIENCE))
			.hasSize(100);
		assertThat(this.pages).containsExactly(1, 2, 3);
	}

	@Test
	void workerWithoutDeliveriesHasNone() {
		assertThat(ids((page) -> page(1, 0, 0, 0)).collectList().block(PATIENCE)).isEmpty();
		assertThat(this.pages).containsExactly(1);
	}

	@Test
	void pageThatIsTheSameAgainAndAgainIsTheLast() {
		assertThat(ids((page) -> page(1, 9, 0, 50)).collectList().block(PATIENCE)).hasSize(50);
		assertThat(this.pages).containsExactly(1, 2, 3, 4);
	}

	@Test
	void wholePageThatIsPushedOntoTheNextIsNotTheLast() {
		assertThat(ids((page) -> page(page, 4, (page == 1) ? 0 : (page - 2) * 50, 50)).collectList().block(PATIENCE))
			.hasSize(150);
		assertThat(this.pages).containsExactly(1, 2, 3, 4);
	}

	@Test
	void deliveryThatIsPushedOntoTheNextPageIsToldOnce() {
		assertThat(ids((page) -> page(page, 2, (page - 1) * 48, 50)).collectList().block(PATIENCE)).hasSize(98)
			.doesNotHaveDuplicates();
	}

	@Test
	void serverThatTellsNoNumberOfPagesIsReadToAnEmptyOne() {
		assertThat(ids((page) -> page(page, 0, page * 50, (page < 3) ? 50 : 0).replace("\"pageCount\":0,", ""))
			.collectList()
			.block(PATIENCE)).hasSize(100);
		assertThat(this.pages).containsExactly(1, 2, 3);
	}

	@Test
	void serverThatAlwaysHasAnotherPageIsLeftAfterTwoHundred() {
		assertThat(ids((page) -> page(page, Integer.MAX_VALUE, page * 2, 2)).count().block(PATIENCE)).isEqualTo(400);
		assertThat(this.pages).hasSize(200);
	}

	@Test
	void eachSubscriberStartsWithTheFirstPage() {
		Flux<String> ids = ids(WebhookExecutionsTests::threePages);
		assertThat(ids.repeat(1).count().block(PATIENCE)).isEqualTo(300);
		assertThat(this.pages).containsExactly(1, 2, 3, 1, 2, 3);
	}

	@Test
	void pageThatCannotBeReadIsAnErrorAfterThoseThatCan() {
		StepVerifier.create(ids((page) -> (page == 1) ? threePages(page) : ""))
			.expectNextCount(50)
			.expectError(ServerErrorException.class)
			.verify(PATIENCE);
		assertThat(this.pages).containsExactly(1, 2, 2, 2);
	}

}
