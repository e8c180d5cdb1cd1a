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

package com.handinger.sample.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import com.handinger.sample.simulator.KillRun.Outcome;
import com.handinger.sample.simulator.KillableSample.Claims;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the sample while tasks are delivered to it: nothing may be lost, and with one
 * transaction nothing may be doubled. The seed is printed, and can be set as the system
 * property {@code kill.seed}.
 */
@Tag("slow")
class WebhookKillTests {

	/**
	 * The environment variable with the JDBC URL of a PostgreSQL that may be written to.
	 */
	static final String POSTGRESQL_URL = "HANDINGER_TEST_POSTGRESQL_URL";

	private static final long SEED = Long.getLong("kill.seed", System.currentTimeMillis());

	@TempDir
	private static Path directory;

	private static SimulatorProcess simulator;

	private static String simulatorUrl;

	private static Server h2;

	@BeforeAll
	static void start() throws IOException, SQLException {
		h2 = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
		simulator = SimulatorProcess.start(directory, Map.of(), "--simulator.only=true", "--simulator.port=0");
		simulatorUrl = simulator.awaitUrl();
	}

	@AfterAll
	static void stop() {
		simulator.close();
		h2.stop();
	}

	private static String h2Url() {
		return "jdbc:h2:tcp://localhost:" + h2.getPort() + "/mem:kills;DB_CLOSE_DELAY=-1";
	}

	private static KillRun killRun(Claims claims, String databaseUrl) {
		return new KillRun(claims, databaseUrl, simulatorUrl, SEED, directory);
	}

	private static Outcome run(KillRun run, String name, int instances) throws IOException {
		long start = System.nanoTime();
		Outcome outcome = run.run(instances);
		System.out.println(name + ", " + instances + " instance(s), seed " + SEED + ": " + outcome + ", after "
				+ (System.nanoTime() - start) / 1_000_000_000 + " s");
		return outcome;
	}

	@ParameterizedTest
	@CsvSource({ "MEMORY, 1", "MEMORY, 2", "LEASED, 1", "LEASED, 2" })
	void nothingIsLost(Claims claims, int instances) throws IOException {
		try (KillRun run = killRun(claims, h2Url())) {
			Outcome outcome = run(run, claims.name(), instances);
			assertThat(outcome.lost()).isEmpty();
			assertThat(outcome.unfounded()).isEmpty();
			assertThat(outcome.inProgress()).isZero();
			List<String> further = run.runFurtherTurns();
			assertThat(run.effects(2)).containsOnlyKeys(further);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nothingIsLostOrDoubledOnH2(int instances) throws IOException {
		assertThatNothingIsLostOrDoubled("TRANSACTIONAL on H2", h2Url(), instances);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void nothingIsLostOrDoubledOnPostgreSql(int instances) throws IOException {
		String url = System.getenv(POSTGRESQL_URL);
		Assumptions.assumeTrue(url != null, "There is no PostgreSQL: set " + POSTGRESQL_URL + " to its JDBC URL");
		assertThatNothingIsLostOrDoubled("TRANSACTIONAL on PostgreSQL", url, instances);
	}

	private static void assertThatNothingIsLostOrDoubled(String name, String databaseUrl, int instances)
			throws IOException {
		try (KillRun run = killRun(Claims.TRANSACTIONAL, databaseUrl)) {
			Outcome outcome = run(run, name, instances);
			assertThat(outcome.lost()).isEmpty();
			assertThat(outcome.doubled()).isEmpty();
			assertThat(outcome.unfounded()).isEmpty();
			assertThat(outcome.done()).isEqualTo(outcome.tasks());
			assertThat(outcome.inProgress()).isZero();
			List<String> further = run.runFurtherTurns();
			run.awaitIdle();
			assertThat(run.effects(2)).containsOnlyKeys(further)
				.allSatisfy((task, effects) -> assertThat(effects).isOne());
			assertThat(run.effects(1)).hasSize(outcome.tasks());
		}
	}

	@Test
	void claimThatIsLostWithItsProcessLosesAResult() throws IOException {
		try (KillRun run = killRun(Claims.NAIVE, h2Url())) {
			assertThat(run(run, "NAIVE", 1).lost()).isNotEmpty();
		}
	}

}
