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

package com.handinger.sample.runs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import com.handinger.sample.runs.Campaign.Outcome;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills and pauses an application with durable runs: no run may be sent twice, no end may
 * be lost or told twice, and a run whose outcome is unknown may not have been sent. The
 * seed is printed, and can be set as the system property {@code kill.seed}. The system
 * property {@code kill.percent} scales the numbers of runs, kills and pauses.
 */
@Tag("slow")
class DurableRunsKillTests {

	private static final long SEED = Long.getLong("kill.seed", System.currentTimeMillis());

	private static final int PERCENT = Integer.getInteger("kill.percent", 100);

	private static final int RUNS = 3 * PERCENT;

	private static final int KILLS = PERCENT / 5;

	private static final int PAUSES = PERCENT / 5;

	@TempDir
	private static Path directory;

	private static Server h2;

	private static List<String> options;

	@BeforeAll
	static void startH2() throws Exception {
		options = Instance.archive(directory);
		h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
	}

	@AfterAll
	static void stopH2() {
		h2.stop();
	}

	private static String h2Server() {
		return "jdbc:h2:tcp://localhost:" + h2.getPort() + "/mem:runs;DB_CLOSE_DELAY=-1";
	}

	/**
	 * Return the URL of a database server that the environment names.
	 */
	private static String server(String variable) {
		String url = System.getenv(variable);
		Assumptions.assumeTrue(url != null, () -> "There is no such database: set " + variable + " to its JDBC URL");
		return String.valueOf(url);
	}

	private static Outcome print(String name, Outcome outcome, long start) {
		System.out.println(name + ", seed " + SEED + ": " + outcome + ", after "
				+ (System.nanoTime() - start) / 1_000_000_000 + " s");
		return outcome;
	}

	private static void assertThatNothingIsLostOrDoubled(String name, String databaseUrl, int instances)
			throws IOException {
		long start = System.nanoTime();
		// One of the pools does not commit by itself.
		try (Campaign campaign = new Campaign(options, directory, databaseUrl, SEED,
				"--killable.auto-commit=" + (instances == 1))) {
			Outcome outcome = print(name + " with " + instances + " instance(s)", campaign.kill(instances, RUNS, KILLS),
					start);
			assertThat(outcome.doubled()).as("seed " + SEED).isEmpty();
			assertThat(outcome.wrong()).as("seed " + SEED).isEmpty();
			assertThat(outcome.runs()).isGreaterThanOrEqualTo(RUNS);
			assertThat(outcome.halts()).isPositive();
			assertThat(outcome.done()).isGreaterThan(RUNS / 2);
			// About one request in thirty is answered with a 400.
			assertThat(outcome.refused()).isGreaterThan((RUNS < 300) ? -1 : 0);
		}
	}

	@Test
	void nothingIsLostOrDoubledInAFileOfH2() throws IOException {
		assertThatNothingIsLostOrDoubled("H2 in a file", "jdbc:h2:file:" + directory.resolve("runs") + ";WRITE_DELAY=0",
				1);
	}

	@Test
	void nothingIsLostOrDoubledOnAServerOfH2() throws IOException {
		assertThatNothingIsLostOrDoubled("H2 server", h2Server(), 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nothingIsLostOrDoubledOnPostgreSql(int instances) throws IOException {
		assertThatNothingIsLostOrDoubled("PostgreSQL", server("HANDINGER_TEST_POSTGRESQL_URL"), instances);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nothingIsLostOrDoubledOnMariaDb(int instances) throws IOException {
		assertThatNothingIsLostOrDoubled("MariaDB", server("HANDINGER_TEST_MARIADB_URL"), instances);
	}

	@Test
	void pausedInstanceDoublesNothing() throws IOException, InterruptedException {
		long start = System.nanoTime();
		String postgresql = System.getenv("HANDINGER_TEST_POSTGRESQL_URL");
		try (Campaign campaign = new Campaign(options, directory, (postgresql != null) ? postgresql : h2Server(), SEED,
				"--killable.slowness=1000")) {
			Outcome outcome = print(PAUSES + " pauses", campaign.pause(RUNS / 2, PAUSES), start);
			assertThat(outcome.doubled()).as("seed " + SEED).isEmpty();
			assertThat(outcome.wrong()).as("seed " + SEED).isEmpty();
			assertThat(outcome.done()).isGreaterThan(RUNS / 4);
		}
	}

	@Test
	void runThatIsWrittenAsSentAfterItsPostIsSentTwice() throws IOException {
		try (Campaign campaign = new Campaign(options, directory, h2Server(), SEED,
				"--killable.sent-after-post=true")) {
			assertThat(campaign.killInPost(3)).as("seed " + SEED).isNotEmpty();
		}
	}

}
