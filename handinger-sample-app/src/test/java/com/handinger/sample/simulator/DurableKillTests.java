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

import com.handinger.sample.simulator.DurableRun.Outcome;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the sample with the profile {@code durable} at random moments: no task, and no
 * end of one, may be missing or doubled. The seed is printed, and can be set as the
 * system property {@code kill.seed}.
 */
@Tag("slow")
class DurableKillTests {

	private static final long SEED = Long.getLong("kill.seed", System.currentTimeMillis());

	@TempDir
	private Path directory;

	@Test
	void nothingIsMissingOrDoubledOnH2() throws IOException {
		assertThatNothingIsMissingOrDoubled("jdbc:h2:file:" + this.directory.resolve("sample") + ";WRITE_DELAY=0", 10);
	}

	@Test
	void nothingIsMissingOrDoubledOnPostgreSql() throws IOException {
		String url = System.getenv(WebhookKillTests.POSTGRESQL_URL);
		Assumptions.assumeTrue(url != null,
				"There is no PostgreSQL: set " + WebhookKillTests.POSTGRESQL_URL + " to its JDBC URL");
		JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(url));
		String schema = "durable_" + SEED;
		jdbc.sql("CREATE SCHEMA " + schema).update();
		try {
			assertThatNothingIsMissingOrDoubled(url + (url.contains("?") ? "&" : "?") + "currentSchema=" + schema, 3);
		}
		finally {
			jdbc.sql("DROP SCHEMA " + schema + " CASCADE").update();
		}
	}

	private void assertThatNothingIsMissingOrDoubled(String databaseUrl, int kills) throws IOException {
		long start = System.nanoTime();
		try (DurableRun run = new DurableRun(this.directory, databaseUrl, SEED)) {
			Outcome outcome = run.run(kills);
			System.out.println("durable, " + kills + " kills, seed " + SEED + ": " + outcome + ", after "
					+ (System.nanoTime() - start) / 1_000_000_000 + " s");
			assertThat(outcome.wrong()).as("seed " + SEED).isEmpty();
			assertThat(outcome.accepted()).isGreaterThan(kills);
		}
	}

}
