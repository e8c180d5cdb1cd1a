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

package com.handinger.spring.task;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.Tasks;
import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StructuredOutputTests {

	private static final Map<String, Object> FORECAST = Map.of("city", "Barcelona", "from", "2026-07-01T10:00:00Z",
			"days", List.of(Map.of("date", "2026-07-01", "degrees", 31, "sky", "SUNNY")), "unit", "celsius");

	private static Worker worker(@Nullable Map<String, @Nullable Object> output) {
		return new Worker("wrk_1", null, null, List.of(), null, List.of(), Map.of(), "worker", List.of(), "", false,
				List.of(), WorkerStatus.COMPLETED, output, "", null);
	}

	private static Turn turn(int number, @Nullable Map<String, @Nullable Object> output) {
		return new Turn("trn_" + number, null, 1, 1, List.of(), "", 1, "", 1, "assistant", number, Instant.EPOCH,
				"completed", output, "tsk_1");
	}

	private static TaskWithTurns task(Turn... turns) {
		return new TaskWithTurns(Tasks.task("tsk_1", TaskStatus.COMPLETED).task(), List.of(turns));
	}

	@Test
	void outputOfAWorkerIsReadAsARecordWithDates() {
		assertThat(worker(FORECAST).structuredOutput(Forecast.class)).isEqualTo(new Forecast("Barcelona",
				Instant.parse("2026-07-01T10:00:00Z"), List.of(new Day(LocalDate.of(2026, 7, 1), 31, Sky.SUNNY))));
	}

	@Test
	void outputOfATaskIsThatOfItsLastTurn() {
		TaskWithTurns task = task(turn(1, Map.of("city", "Madrid")), turn(2, FORECAST));
		assertThat(task.structuredOutput(Forecast.class)).extracting(Forecast::city).isEqualTo("Barcelona");
	}

	@Test
	void thereMayBeNoOutput() {
		assertThat(worker(null).structuredOutput(Forecast.class)).isNull();
		assertThat(task().structuredOutput(Forecast.class)).isNull();
		assertThat(task(turn(1, FORECAST), turn(2, null)).structuredOutput(Forecast.class)).isNull();
	}

	@Test
	void outputThatDoesNotFitIsAnErrorThatNamesTheField() {
		Map<String, Object> output = Map.of("city", "Barcelona", "days",
				List.of(Map.of("date", "2026-07-01", "degrees", 31), Map.of("date", "a secret", "degrees", 31)));
		assertThatExceptionOfType(HandingerException.class)
			.isThrownBy(() -> task(turn(1, output)).structuredOutput(Forecast.class))
			.withMessageContainingAll("turn trn_1", Forecast.class.getName(), "'days[1].date'")
			.satisfies((ex) -> assertThat(ex).hasMessageNotContaining("secret").hasNoCause())
			.satisfies((ex) -> assertThat(ex.taskId()).isEqualTo("tsk_1"));
	}

	@Test
	void numberThatIsMissingIsAnErrorThatNamesTheField() {
		Map<String, Object> output = Map.of("city", "Barcelona", "days", List.of(Map.of("date", "2026-07-01")));
		assertThatExceptionOfType(HandingerException.class)
			.isThrownBy(() -> worker(output).structuredOutput(Forecast.class))
			.withMessageContainingAll("worker wrk_1", "degrees");
	}

	@Test
	void constantThatTheApplicationDoesNotKnowIsAnErrorThatNamesTheField() {
		Map<String, Object> output = Map.of("days", List.of(Map.of("degrees", 31, "sky", "PURPLE")));
		assertThatExceptionOfType(HandingerException.class)
			.isThrownBy(() -> worker(output).structuredOutput(Forecast.class))
			.withMessageContaining("'days[0].sky'");
	}

	/**
	 * What a worker has been told to answer.
	 */
	record Forecast(@Nullable String city, @Nullable Instant from, List<Day> days) {
	}

	/**
	 * One of the days.
	 */
	record Day(@Nullable LocalDate date, int degrees, @Nullable Sky sky) {
	}

	/**
	 * How the sky is.
	 */
	enum Sky {

		SUNNY, CLOUDY

	}

}
