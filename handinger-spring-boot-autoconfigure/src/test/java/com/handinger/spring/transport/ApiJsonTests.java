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

package com.handinger.spring.transport;

import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import com.handinger.spring.support.Json;
import com.handinger.spring.task.DeleteTaskResponse;
import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.WorkerFile;
import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ApiJsonTests {

	private static final String FILE = """
			{"filename":"a.pdf","mediaType":"application/pdf","url":"https://handinger.com/f/1","size":5000000000}""";

	private static final String WORKER = """
			{"id":"wrk_1","created_at":1753000000,"error":{"code":[1]},"files":[%s],
			"incomplete_details":{"reason":"budget"},"messages":[{"role":"user","parts":[{"text":"x"}]},null,"x",[1]],
			"metadata":{"a":{"b":[{"c":null}]}},"object":"worker","output":[{"id":"msg_1","content":[{"text":"Sunny.",
			"type":"output_text"}],"role":"assistant","status":"completed","type":"message"}],"output_text":"Sunny.",
			"running":true,"sources":[{"id":"src_1","title":"Weather","type":"url","url":"https://example.com"}],
			"status":"completed","structured_output":{"days":[{"max":31.5}]},"url":"https://handinger.com/w/wrk_1",
			"usage":{"credits":2,"durationMs":4200}}""".formatted(FILE);

	private static final String TURN = """
			{"id":"trn_1","completedAt":"2026-07-01T10:00:04.2Z","credits":2,"durationMs":4200,"files":[%s],
			"input":"The weather?","inputTokens":12,"outputText":"Sunny.","outputTokens":3,"role":"assistant","seq":1,
			"startedAt":"2026-07-01T10:00:00Z","status":"completed","structuredOutput":{"days":[{"max":31.5}]},
			"taskId":"tsk_1"}""".formatted(FILE);

	private static final String TASK_WITH_TURNS = "{\"task\":" + Json.TASK + ",\"turns\":[" + TURN + "]}";

	@Test
	void lengthOfATextOrANameIsNoConcernOfTheParser() {
		String title = "x".repeat(101_000_000);
		Task task = read("{\"task\":" + Json.TASK + ",\"" + "n".repeat(60_000) + "\":1,\"turns\":[]}",
				TaskWithTurns.class)
			.task();
		assertThat(task.id()).isNotEmpty();
		assertThat(read("{\"archived\":true,\"x\":\"" + title + "\"}", DeleteTaskResponse.class).archived()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 501, 100_000 })
	void jsonThatNestsTooDeepIsToldAsSuch(int levels) {
		String json = WORKER.replace("{\"days\":[{\"max\":31.5}]}",
				"{\"a\":".repeat(levels) + "1" + "}".repeat(levels));
		assertThatExceptionOfType(MalformedJsonException.class).isThrownBy(() -> read(json, Worker.class))
			.withMessage("it nests deeper than 500 levels or has a number of more than 1000 digits");
	}

	private static <T> T read(String json, Class<T> type) {
		return read(json.getBytes(StandardCharsets.UTF_8), type);
	}

	private static <T> T read(byte[] json, Class<T> type) {
		return ApiJson.read(json, json.length, type, new OddFields());
	}

	private static <T> T read(String json, Class<T> type, OddFields oddFields) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return ApiJson.read(bytes, bytes.length, type, oddFields);
	}

	private static Worker worker(String fields) {
		return read("{\"id\":\"wrk_1\"," + fields + "}", Worker.class);
	}

	private static MalformedJsonException malformed(String json, Class<?> type) {
		return malformed(json.getBytes(StandardCharsets.UTF_8), type);
	}

	private static MalformedJsonException malformed(byte[] json, Class<?> type) {
		MalformedJsonException malformed = catchThrowableOfType(MalformedJsonException.class, () -> read(json, type));
		assertThat(malformed).as("exception for %s", type).isNotNull();
		return malformed;
	}

	@Test
	void workerIsRead() {
		assertThat(read(WORKER, Worker.class)).isEqualTo(new Worker("wrk_1", Instant.ofEpochSecond(1753000000),
				Map.of("code", List.of(1)), List.of(file()), Map.of("reason", "budget"),
				Arrays.asList(Map.of("role", "user", "parts", List.of(Map.of("text", "x"))), null, "x", List.of(1)),
				Map.of("a", Map.of("b", List.of(Collections.singletonMap("c", null)))), "worker",
				List.of(new Worker.Output("msg_1", List.of(new Worker.Content("Sunny.", "output_text")), "assistant",
						"completed", "message")),
				"Sunny.", true, List.of(new Worker.Source("src_1", "Weather", "url", "https://example.com")),
				WorkerStatus.COMPLETED, Map.of("days", List.of(Map.of("max", 31.5))), "https://handinger.com/w/wrk_1",
				new Worker.Usage(2L, 4200L)));
	}

	@Test
	void taskWithTurnsIsRead() {
		Task task = new Task("tsk_1", Instant.parse("2026-07-01T10:00:04.2Z"), Instant.parse("2026-07-01T10:00:00Z"),
				null, "org_1", TaskStatus.COMPLETED, "Weather", new Task.Totals(2, 4200, 1), TaskTrigger.API,
				"https://handinger.com/t/tsk_1", "wrk_1");
		Turn turn = new Turn("trn_1", Instant.parse("2026-07-01T10:00:04.2Z"), 2, 4200, List.of(file()), "The weather?",
				12, "Sunny.", 3, "assistant", 1, Instant.parse("2026-07-01T10:00:00Z"), "completed",
				Map.of("days", List.of(Map.of("max", 31.5))), "tsk_1");
		assertThat(read(TASK_WITH_TURNS, TaskWithTurns.class)).isEqualTo(new TaskWithTurns(task, List.of(turn)));
	}

	private static WorkerFile file() {
		return new WorkerFile("a.pdf", "application/pdf", "https://handinger.com/f/1", 5_000_000_000L);
	}

	@Test
	void deleteTaskResponseIsRead() {
		assertThat(read("{\"archived\":true}", DeleteTaskResponse.class).archived()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "\"x\"", "null", "{\"id\":{}}", "[[{}]]" })
	void unknownFieldsAreIgnoredAtEveryDepth(String value) {
		String unknown = "{\"unknown\":" + value + ",";
		assertThat(read(WORKER.replace("{\"id\"", unknown + "\"id\""), Worker.class))
			.isEqualTo(read(WORKER, Worker.class));
		assertThat(read(TASK_WITH_TURNS.replace("{\"id\"", unknown + "\"id\"")
			.replace("{\"credits\"", unknown + "\"credits\"")
			.replace("{\"task\"", unknown + "\"task\""), TaskWithTurns.class))
			.isEqualTo(read(TASK_WITH_TURNS, TaskWithTurns.class));
	}

	@ParameterizedTest
	@CsvSource({ "pending,PENDING", "running,RUNNING", "completed,COMPLETED" })
	void workerStatusIsRead(String name, WorkerStatus status) {
		assertThat(worker("\"status\":\"" + name + "\"").status()).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "pending,PENDING", "running,RUNNING", "completed,COMPLETED", "error,ERROR", "aborted,ABORTED" })
	void taskStatusIsRead(String name, TaskStatus status) {
		assertThat(read("\"" + name + "\"", TaskStatus.class)).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "api,API", "email,EMAIL", "schedule,SCHEDULE", "ui,UI" })
	void taskTriggerIsRead(String name, TaskTrigger trigger) {
		assertThat(read("\"" + name + "\"", TaskTrigger.class)).isEqualTo(trigger);
	}

	@ParameterizedTest
	@CsvSource({ "low,LOW", "standard,STANDARD", "high,HIGH", "unlimited,UNLIMITED" })
	void budgetIsRead(String name, Budget budget) {
		assertThat(read("\"" + name + "\"", Budget.class)).isEqualTo(budget);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"paused\"", "\"\"", "\" \"", "\"COMPLETED\"", "\"0\"", "\"1\"", "\"-1\"", "0", "1", "2",
			"4", "5", "99", "-1", "1.5", "1e999999999", "99999999999999999999", "null", "true", "false", "{}",
			"{\"name\":\"completed\"}", "[]", "[\"completed\"]" })
	void unknownEnumValueIsUnknown(String value) {
		assertThat(worker("\"status\":" + value + ",\"output_text\":\"Sunny.\"")).satisfies((worker) -> {
			assertThat(worker.status()).isEqualTo(WorkerStatus.UNKNOWN);
			assertThat(worker.outputText()).isEqualTo("Sunny.");
		});
		Task task = read("{\"id\":\"tsk_1\",\"status\":" + value + ",\"triggeredBy\":" + value + ",\"title\":\"x\"}",
				Task.class);
		assertThat(task.status()).isEqualTo(TaskStatus.UNKNOWN);
		assertThat(task.triggeredBy()).isEqualTo(TaskTrigger.UNKNOWN);
		assertThat(task.title()).isEqualTo("x");
		assertThat(read("{\"budget\":" + value + "}", BudgetHolder.class).budget())
			.isEqualTo(value.equals("null") ? null : Budget.UNKNOWN);
	}

	record BudgetHolder(Budget budget) {
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"x\":1",
			"\"files\":null,\"messages\":null,\"metadata\":null,\"output\":null,\"sources\":null" })
	void listsAndMapsThatAreMissingAreEmpty(String fields) {
		Worker worker = worker(fields);
		assertThat(worker.files()).isEmpty();
		assertThat(worker.messages()).isEmpty();
		assertThat(worker.metadata()).isEmpty();
		assertThat(worker.output()).isEmpty();
		assertThat(worker.sources()).isEmpty();
		assertThat(worker("\"output\":[{" + fields + "}]").output().get(0).content()).isEmpty();
		assertThat(read("{\"id\":\"trn_1\"," + fields + "}", Turn.class).files()).isEmpty();
		assertThat(read("{\"task\":" + Json.TASK + "," + fields + "}", TaskWithTurns.class).turns()).isEmpty();
	}

	@Test
	void contentThatIsNullIsEmpty() {
		assertThat(worker("\"output\":[{\"content\":null}]").output().get(0).content()).isEmpty();
		assertThat(read("{\"task\":" + Json.TASK + ",\"turns\":null}", TaskWithTurns.class).turns()).isEmpty();
	}

	@Test
	void textsThatAreMissingAreEmpty() {
		Worker worker = worker("\"output\":[{\"content\":[{}]}],\"sources\":[{}],\"files\":[{}]");
		assertThat(worker.object()).isEqualTo("worker");
		assertThat(worker.outputText()).isEmpty();
		assertThat(worker.url()).isEmpty();
		assertThat(worker.output())
			.containsExactly(new Worker.Output("", List.of(new Worker.Content("", "")), "", "", ""));
		assertThat(worker.sources()).containsExactly(new Worker.Source("", null, "", ""));
		assertThat(worker.files()).containsExactly(new WorkerFile(null, "", "", null));
	}

	@Test
	void whatMayBeMissingIsNull() {
		Worker worker = worker("\"usage\":null");
		assertThat(worker.createdAt()).isNull();
		assertThat(worker.error()).isNull();
		assertThat(worker.incompleteDetails()).isNull();
		assertThat(worker.structuredOutput()).isNull();
		assertThat(worker.usage()).isNull();
		assertThat(worker("\"usage\":{\"durationMs\":4200}").usage()).isEqualTo(new Worker.Usage(null, 4200L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "",
			",\"credits\":null,\"durationMs\":null,\"inputTokens\":null,\"outputTokens\":null,\"seq\":null" })
	void numbersThatAreMissingAreZero(String fields) {
		Turn turn = read("{\"id\":\"trn_1\"" + fields + "}", Turn.class);
		assertThat(List.of(turn.credits(), turn.durationMs(), turn.inputTokens(), turn.outputTokens(), turn.seq()))
			.containsOnly(0L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"x\":1", "\"totals\":null", "\"totals\":{}",
			"\"totals\":{\"credits\":null,\"durationMs\":null}" })
	void totalsThatAreMissingAreZero(String fields) {
		assertThat(read("{\"id\":\"tsk_1\"," + fields + "}", Task.class).totals()).isEqualTo(new Task.Totals(0, 0, 0));
	}

	@Test
	void booleanThatIsMissingIsFalse() {
		assertThat(worker("\"x\":1").running()).isFalse();
		assertThat(worker("\"running\":null").running()).isFalse();
	}

	@Test
	void numbersBeyondIntAreRead() {
		Turn turn = read("{\"id\":\"trn_1\",\"credits\":5000000000,\"inputTokens\":9223372036854775807}", Turn.class);
		assertThat(turn.credits()).isEqualTo(5_000_000_000L);
		assertThat(turn.inputTokens()).isEqualTo(Long.MAX_VALUE);
		assertThat(worker("\"metadata\":{\"a\":99999999999999999999}").metadata()).containsEntry("a",
				new BigInteger("99999999999999999999"));
	}

	@ParameterizedTest
	@Timeout(120)
	@ValueSource(strings = { "9223372036854775808", "1e999999999", "99999999999999999999999" })
	void numberBeyondLongIsNamed(String number) {
		OddFields oddFields = new OddFields();
		assertThat(read("{\"id\":\"trn_1\",\"credits\":" + number + "}", Turn.class, oddFields).credits()).isZero();
		assertThat(oddFields.paths()).containsExactly("credits");
	}

	@Test
	@Timeout(120)
	void absurdNumberOfAFreeValueIsNoHang() {
		assertThat(worker("\"metadata\":{\"a\":1e999999999},\"output_text\":\"Sunny.\"").outputText())
			.isEqualTo("Sunny.");
	}

	@Test
	void elementsThatAreNullAreDroppedFromTypedLists() {
		Worker worker = worker("\"files\":[null," + FILE
				+ ",null],\"output\":[null,{\"content\":[null,{\"text\":\"x\"}]}]," + "\"sources\":[null]");
		assertThat(worker.files()).containsExactly(file());
		assertThat(worker.output()).hasSize(1);
		assertThat(worker.output().get(0).content()).containsExactly(new Worker.Content("x", ""));
		assertThat(worker.sources()).isEmpty();
		assertThat(read("{\"task\":" + Json.TASK + ",\"turns\":[null," + Json.TURN + "]}", TaskWithTurns.class).turns())
			.hasSize(1);
	}

	@Test
	void elementsThatAreNullAreKeptInMessages() {
		assertThat(worker("\"messages\":[null,{\"a\":[null]}]").messages())
			.isEqualTo(Arrays.asList(null, Map.of("a", Arrays.asList((Object) null))));
	}

	@Test
	void nothingThatAModelHandsOutCanBeChanged() {
		Worker worker = read(WORKER, Worker.class);
		assertImmutable(worker.error());
		assertImmutable(worker.files());
		assertImmutable(worker.incompleteDetails());
		assertImmutable(worker.messages());
		assertImmutable(worker.metadata());
		assertImmutable(worker.output());
		assertImmutable(worker.output().get(0).content());
		assertImmutable(worker.sources());
		assertImmutable(worker.structuredOutput());
		TaskWithTurns task = read(TASK_WITH_TURNS, TaskWithTurns.class);
		assertImmutable(task.turns());
		assertImmutable(task.turns().get(0).files());
		assertImmutable(task.turns().get(0).structuredOutput());
	}

	@Test
	void emptyValuesCannotBeChangedEither() {
		Worker worker = worker("\"metadata\":{\"a\":{},\"b\":[]},\"messages\":[],\"structured_output\":{}");
		assertImmutable(worker.metadata());
		assertImmutable(worker.messages());
		assertImmutable(worker.structuredOutput());
	}

	@SuppressWarnings("unchecked")
	private static void assertImmutable(Object value) {
		if (value instanceof List<?> list) {
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> ((List<Object>) list).add("x"));
			list.forEach(ApiJsonTests::assertImmutable);
		}
		if (value instanceof Map<?, ?> map) {
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> ((Map<Object, Object>) map).put("x", "x"));
			map.values().forEach(ApiJsonTests::assertImmutable);
		}
	}

	@Test
	void fieldsOfAnObjectKeepTheirOrder() {
		assertThat(worker("\"metadata\":{\"z\":1,\"a\":2,\"m\":3}").metadata().keySet()).containsExactly("z", "a", "m");
	}

	@ParameterizedTest
	@Timeout(120)
	@CsvSource({ "1753000000,2025-07-20T08:26:40Z", "1753000000123,2025-07-20T08:26:40.123Z",
			"1753000000.5,2025-07-20T08:26:40.5Z", "1.753e9,2025-07-20T08:26:40Z", "0,1970-01-01T00:00:00Z",
			"-1,1969-12-31T23:59:59Z", "\"2025-07-20T08:26:40Z\",2025-07-20T08:26:40Z",
			"\"2025-07-20T10:26:40+02:00\",2025-07-20T08:26:40Z", "null,", "\"\",", "\"soon\",", "{},", "1e999999999,",
			"-1e999999999,", "1e-999999999,1970-01-01T00:00:00Z" })
	void createdAtIsRead(String json, Instant createdAt) {
		Worker worker = worker("\"created_at\":" + json + ",\"output_text\":\"Sunny.\"");
		assertThat(worker.createdAt()).isEqualTo(createdAt);
		assertThat(worker.outputText()).isEqualTo("Sunny.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"x\":1", "\"createdAt\":null", "\"createdAt\":\"soon\"" })
	void taskWithoutDateIsNotLost(String fields) {
		Task task = read("{\"id\":\"tsk_1\",\"title\":\"Weather\"," + fields + "}", Task.class);
		assertThat(task.title()).isEqualTo("Weather");
		assertThat(task.createdAt()).isEqualTo(Instant.EPOCH);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"url\":\"geheim\"}", "{\"id\":null,\"url\":\"geheim\"}",
			"{\"output_text\":\"\",\"files\":[{\"filename\":\"geheim\"}]}" })
	void workerWithoutIdAndTextIsNamed(String json) {
		assertThat(malformed(json, Worker.class)).hasMessage("'id' is missing")
			.matches((malformed) -> !malformed.isTruncated());
	}

	@Test
	void pathOfWhatIsMissingIsNamed() {
		assertThat(malformed("{\"task\":{\"title\":\"geheim\"}}", TaskWithTurns.class))
			.hasMessage("'task.id' is missing");
		assertThat(malformed("{\"turns\":[]}", TaskWithTurns.class)).hasMessage("'task' is missing");
		assertThat(malformed("{\"task\":" + Json.TASK + ",\"turns\":[" + Json.TURN + ",{\"input\":\"geheim\"}]}",
				TaskWithTurns.class))
			.hasMessage("'turns[1].id' is missing");
		assertThat(malformed("[" + Json.TURN + ",{\"input\":\"geheim\"}]", Turn[].class))
			.hasMessage("'[1].id' is missing");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "`\"files\":\"geheim\"`,files", "`\"files\":[\"geheim\"]`,files[0]",
					"`\"files\":[{\"size\":\"geheim\"}]`,files[0].size", "`\"metadata\":\"geheim\"`,metadata",
					"`\"output\":[{},{\"content\":[{\"text\":{\"geheim\":1}}]}]`,output[1].content[0].text",
					"`\"running\":\"geheim\"`,running", "`\"output_text\":{\"geheim\":\"geheim\"}`,output_text",
					"`\"usage\":{\"credits\":\"geheim\"}`,usage.credits" })
	void fieldOfAnotherTypeIsNamedAndNotQuoted(String field, String path) {
		OddFields oddFields = new OddFields();
		read("{\"id\":\"wrk_1\"," + field + "}", Worker.class, oddFields);
		assertThat(oddFields.paths()).containsExactly(path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"metadata\":{\"geheim\":geheim}", "\"metadata\":{\"geheim\":{\"geheim\":[1 2]}}",
			"\"messages\":[{\"geheim\":\"\\geheim\"}]", "\"structured_output\":{\"geheim\":[1,}" })
	void nothingOfAFreeValueIsQuoted(String field) {
		assertThat(malformed("{\"id\":\"wrk_1\"," + field + "}", Worker.class).getMessage()).doesNotContain("geheim");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\r\n\t " })
	void emptyBodyIsCut(String body) {
		assertThat(malformed(body, Worker.class)).hasMessage("the body is empty")
			.matches(MalformedJsonException::isTruncated);
	}

	@Test
	void nullIsNoValue() {
		assertThat(malformed("null", Worker.class)).hasMessage("the body is null")
			.matches((malformed) -> !malformed.isTruncated());
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "\"x\"", "\"\"", "1", "true", "x", "<html>geheim</html>", "geheim", "}", "{]",
			"{\"id\" 1}", "\"geheim\"" })
	void anotherBodyIsNotWhatWasExpected(String body) {
		assertThat(malformed(body, Worker.class)).hasMessage("the body is not the JSON that was expected")
			.hasNoCause()
			.matches((malformed) -> !malformed.isTruncated());
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "x", "]", "}", "null", "[]" })
	void trailingTokensAreRefused(String trailing) {
		assertThat(malformed(Json.WORKER + " " + trailing, Worker.class))
			.hasMessage("the body is not the JSON that was expected")
			.matches((malformed) -> !malformed.isTruncated());
	}

	@Test
	void bodyIsCutWhereverItEnds() {
		assertCutEverywhere(WORKER.replace("Sunny.", "Gr\u00fc\u00dfe \\u00fc \uD83D\uDE00"), Worker.class);
		assertCutEverywhere(TASK_WITH_TURNS, TaskWithTurns.class);
		assertCutEverywhere("{\"error\":true,\"a\":[null,-1.5e+3,false]}", Map.class);
	}

	private static void assertCutEverywhere(String json, Class<?> type) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		for (int length = 1; length < bytes.length; length++) {
			byte[] start = Arrays.copyOf(bytes, length);
			assertThat(malformed(start, type)).as("%s", new String(start, StandardCharsets.UTF_8))
				.hasMessage("the body ends in the middle")
				.matches(MalformedJsonException::isTruncated);
		}
	}

	@Test
	void onlyTheLengthThatIsGivenIsRead() {
		byte[] bytes = (Json.WORKER + "garbage").getBytes(StandardCharsets.UTF_8);
		assertThat(ApiJson.read(bytes, Json.WORKER.length(), Worker.class, new OddFields()).id()).isEqualTo("wrk_1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "UTF-16BE", "UTF-16LE" })
	void byteOrderMarkIsSkipped(String charset) {
		assertThat(read(("\ufeff" + Json.WORKER).getBytes(Charset.forName(charset)), Worker.class).outputText())
			.isEqualTo("Sunny.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-16BE", "UTF-16LE", "UTF-32BE", "UTF-32LE" })
	void otherUnicodeEncodingsAreRead(String charset) {
		assertThat(read(Json.WORKER.getBytes(Charset.forName(charset)), Worker.class).outputText()).isEqualTo("Sunny.");
	}

	@Test
	void invalidUtf8IsNotQuoted() {
		byte[] bytes = "{\"id\":\"geheim\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1);
		assertThat(malformed(bytes, Worker.class).getMessage()).doesNotContain("geheim");
	}

	@Test
	@Timeout(120)
	void deepNestingIsRefused() {
		int depth = 1_000_000;
		for (String json : List.of("[".repeat(depth) + "]".repeat(depth),
				"{\"id\":\"wrk_1\",\"messages\":" + "[".repeat(depth) + "]".repeat(depth) + "}",
				"{\"id\":\"wrk_1\",\"metadata\":" + "{\"a\":".repeat(depth) + "1" + "}".repeat(depth) + "}",
				"{\"id\":\"wrk_1\",\"unknown\":" + "[".repeat(depth) + "]".repeat(depth) + "}")) {
			assertThat(malformed(json, Worker.class).isTruncated()).isFalse();
		}
	}

	@Test
	void reasonableNestingIsRead() {
		assertThat(worker("\"messages\":" + "[".repeat(400) + "]".repeat(400)).messages()).hasSize(1);
	}

	@ParameterizedTest
	@Timeout(120)
	@ValueSource(ints = { 10, 24 })
	void textOfManyMegabytesIsRead(int megabytes) {
		String text = "x".repeat(megabytes * 1024 * 1024);
		Worker worker = worker("\"messages\":[{\"text\":\"" + text + "\"}]");
		assertThat(worker.messages().get(0)).isEqualTo(Map.of("text", text));
	}

	@Test
	void plainMapperWritesAWorkerAsTheContractNamesIt() {
		JsonMapper mapper = new JsonMapper();
		String json = mapper.writeValueAsString(read(WORKER, Worker.class));
		assertThat(mapper.readTree(json))
			.isEqualTo(mapper.readTree(WORKER.replace("1753000000", "\"2025-07-20T08:26:40Z\"")));
	}

	@Test
	void plainMapperWritesATaskAsTheContractNamesIt() {
		JsonMapper mapper = new JsonMapper();
		String json = mapper.writeValueAsString(read(TASK_WITH_TURNS, TaskWithTurns.class));
		assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree(TASK_WITH_TURNS.replace("04.2Z", "04.200Z")));
	}

	@Test
	void whatAPlainMapperWritesIsReadAgain() {
		JsonMapper mapper = new JsonMapper();
		Worker worker = read(WORKER, Worker.class);
		TaskWithTurns task = read(TASK_WITH_TURNS, TaskWithTurns.class);
		assertThat(mapper.readValue(mapper.writeValueAsString(worker), Worker.class)).isEqualTo(worker);
		assertThat(read(mapper.writeValueAsString(task), TaskWithTurns.class)).isEqualTo(task);
	}

	@ParameterizedTest
	@ValueSource(classes = { Budget.class, TaskStatus.class, TaskTrigger.class, WorkerStatus.class })
	void plainMapperWritesAnEnumAsTheContractNamesIt(Class<? extends Enum<?>> type) {
		for (Enum<?> constant : type.getEnumConstants()) {
			String expected = constant.name().equals("UNKNOWN") ? "UNKNOWN" : constant.name().toLowerCase(Locale.ROOT);
			assertThat(new JsonMapper().writeValueAsString(constant)).isEqualTo("\"" + expected + "\"");
		}
	}

}
