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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.handinger.spring.webhook.Claims.Claim;
import com.handinger.spring.webhook.Claims.Transactions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A piece of work is done once, by whatever remembers it.
 */
class ClaimsTests {

	private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

	private static final Duration LEASE = Duration.ofSeconds(20);

	private static final Clock CLOCK = at(NOW);

	private static EmbeddedDatabase database;

	@BeforeAll
	static void createTable() {
		database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
			.generateUniqueName(true)
			.addScript("classpath:org/springframework/integration/jdbc/schema-h2.sql")
			.build();
		new JdbcTemplate(database).execute("CREATE TABLE EFFECT (NAME VARCHAR(100))");
	}

	@AfterAll
	static void shutDown() {
		database.shutdown();
	}

	private static Clock at(Instant instant) {
		return Clock.fixed(instant, ZoneOffset.UTC);
	}

	private static JdbcMetadataStore jdbcStore(DataSource dataSource) {
		JdbcMetadataStore store = new JdbcMetadataStore(dataSource);
		store.afterPropertiesSet();
		return store;
	}

	private static Claims transactional() {
		ConcurrentMetadataStore store = jdbcStore(database);
		return transactional(store, new JdbcTransactionManager(database));
	}

	private static Claims transactional(ConcurrentMetadataStore store, PlatformTransactionManager transactionManager) {
		TransactionTemplate transactions = new TransactionTemplate(transactionManager);
		return new StoredClaims(store, (work) -> transactions.executeWithoutResult((status) -> work.run()), true, LEASE,
				CLOCK);
	}

	private static Claims leased(ConcurrentMetadataStore store, Clock clock) {
		return new StoredClaims(store, Transactions.NONE, false, LEASE, clock);
	}

	static Stream<Claims> claims() {
		return Stream.of(new MemoryClaims(Transactions.NONE, CLOCK), leased(new SimpleMetadataStore(), CLOCK),
				leased(jdbcStore(database), CLOCK), transactional());
	}

	@ParameterizedTest
	@MethodSource("claims")
	void workIsDoneOnce(Claims claims) {
		String key = "tsk_once#" + System.nanoTime();
		AtomicInteger calls = new AtomicInteger();
		assertThat(claims.once(key, calls::incrementAndGet)).isEqualTo(Claim.DONE);
		assertThat(claims.once(key, calls::incrementAndGet)).isEqualTo(Claim.doneBefore(NOW));
		assertThat(calls).hasValue(1);
	}

	@ParameterizedTest
	@MethodSource("claims")
	void workThatFailsIsDoneAgain(Claims claims) {
		String key = "tsk_fails#" + System.nanoTime();
		assertThatIllegalStateException().isThrownBy(() -> claims.once(key, () -> {
			throw new IllegalStateException("This is just a test");
		}));
		assertThat(claims.once(key, () -> {
		})).isEqualTo(Claim.DONE);
	}

	@ParameterizedTest
	@MethodSource("claims")
	void longIdsAreKeptApart(Claims claims) {
		String start = "tsk_" + "x".repeat(190) + System.nanoTime();
		assertThat(claims.once(start + "1#1", () -> {
		})).isEqualTo(Claim.DONE);
		assertThat(claims.once(start + "2#1", () -> {
		})).isEqualTo(Claim.DONE);
	}

	@Test
	void memoryForgetsTheEldest() {
		Claims claims = new MemoryClaims(Transactions.NONE, CLOCK);
		IntStream.range(0, 10_001).forEach((i) -> claims.once("tsk_" + i + "#1", () -> {
		}));
		assertThat(claims.once("tsk_1#1", () -> {
		}).outcome()).isEqualTo(Outcome.DUPLICATE);
		assertThat(claims.once("tsk_0#1", () -> {
		}).outcome()).isEqualTo(Outcome.ACCEPTED);
	}

	@Test
	void whoWorksHasALeaseAndAnotherTakesOverWhenItEnds() {
		SimpleMetadataStore store = new SimpleMetadataStore();
		Function<Instant, Claims> claims = (now) -> leased(store, at(now));
		store.putIfAbsent("handinger:task:tsk_1#1", StoredClaims.inProgress(NOW.plus(LEASE), "dead"));
		AtomicInteger calls = new AtomicInteger();
		assertThat(claims.apply(NOW.plus(LEASE)).once("tsk_1#1", calls::incrementAndGet))
			.isEqualTo(Claim.CLAIMED_ELSEWHERE);
		assertThat(claims.apply(NOW.plus(LEASE).plusMillis(1)).once("tsk_1#1", calls::incrementAndGet))
			.isEqualTo(Claim.DONE);
		assertThat(calls).hasValue(1);
		assertThat(store.get("handinger:task:tsk_1#1")).isEqualTo(StoredClaims.done(NOW.plus(LEASE).plusMillis(1)));
	}

	@Test
	void whoWasOvertakenLeavesTheClaimOfTheOther() {
		SimpleMetadataStore store = new SimpleMetadataStore();
		String other = StoredClaims.inProgress(NOW.plus(LEASE), "other");
		leased(store, CLOCK).once("tsk_1#1", () -> store.put("handinger:task:tsk_1#1", other));
		assertThat(store.get("handinger:task:tsk_1#1")).isEqualTo(other);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "D", "P", "P ", "P x other", "P 99999999999999999999 other", "P -1 other" })
	void claimThatCannotBeReadIsReplaced(String stored) {
		SimpleMetadataStore store = new SimpleMetadataStore();
		store.put("handinger:task:tsk_1#1", stored);
		AtomicInteger calls = new AtomicInteger();
		assertThat(leased(store, CLOCK).once("tsk_1#1", calls::incrementAndGet)).isEqualTo(Claim.DONE);
		assertThat(calls).hasValue(1);
		assertThat(store.get("handinger:task:tsk_1#1")).isEqualTo(StoredClaims.done(NOW));
	}

	@ParameterizedTest
	@ValueSource(strings = { "D ", "D x" })
	void workThatWasDoneAtAnUnknownTimeIsNotDoneAgain(String stored) {
		SimpleMetadataStore store = new SimpleMetadataStore();
		store.put("handinger:task:tsk_1#1", stored);
		AtomicInteger calls = new AtomicInteger();
		assertThat(leased(store, CLOCK).once("tsk_1#1", calls::incrementAndGet).outcome()).isEqualTo(Outcome.DUPLICATE);
		assertThat(calls).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "-1", "2026-11-01T12:00:00Z", "99999999999999999999" })
	void checkpointThatCannotBeReadIsNone(String stored) {
		SimpleMetadataStore store = new SimpleMetadataStore();
		store.put("handinger:reconciled:wrk_1", stored);
		assertThat(leased(store, CLOCK).checkpoint("wrk_1")).isNull();
	}

	@Test
	void claimAndWorkAreOneTransaction() {
		JdbcTemplate jdbc = new JdbcTemplate(database);
		Claims claims = transactional();
		assertThatIllegalStateException().isThrownBy(() -> claims.once("tsk_tx#1", () -> {
			jdbc.update("INSERT INTO EFFECT VALUES ('tsk_tx')");
			throw new IllegalStateException("This is just a test");
		}));
		assertThat(effects("tsk_tx")).isZero();
		claims.once("tsk_tx#1", () -> jdbc.update("INSERT INTO EFFECT VALUES ('tsk_tx')"));
		assertThat(effects("tsk_tx")).isEqualTo(1);
	}

	private static int effects(String name) {
		return new JdbcTemplate(database).queryForObject("SELECT COUNT(*) FROM EFFECT WHERE NAME = ?", Integer.class,
				name);
	}

	@Test
	void hundredRacesHaveOneWinnerEach() {
		List<Claims> instances = List.of(transactional(), transactional(), transactional(), transactional());
		AtomicInteger calls = new AtomicInteger();
		IntStream.range(0, 400)
			.parallel()
			.forEach((i) -> instances.get(i % 4).once("tsk_race_" + (i / 4) + "#1", calls::incrementAndGet));
		assertThat(calls).hasValue(100);
	}

	@Test
	void claimsHaveALeaseIfTheTransactionsAreNotThoseOfTheDatabase() {
		ConcurrentMetadataStore store = jdbcStore(database);
		Claims claims = transactional(store, new BrokerTransactionManager());
		String[] during = new String[1];
		claims.once("tsk_broker#1", () -> during[0] = store.get("handinger:task:tsk_broker#1"));
		assertThat(during[0]).startsWith("P ");
	}

	@Test
	void claimsHaveALeaseIfTheStoreIsInAnotherDatabase() {
		EmbeddedDatabase other = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
			.generateUniqueName(true)
			.build();
		ConcurrentMetadataStore store = jdbcStore(database);
		Claims claims = transactional(store, new JdbcTransactionManager(other));
		assertThatIllegalStateException().isThrownBy(() -> claims.once("tsk_other#1", () -> {
			throw new IllegalStateException("This is just a test");
		}));
		assertThat(claims.once("tsk_other#1", () -> {
		})).isEqualTo(Claim.DONE);
		other.shutdown();
	}

	/**
	 * Has transactions of something else than the database.
	 */
	private static final class BrokerTransactionManager extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
