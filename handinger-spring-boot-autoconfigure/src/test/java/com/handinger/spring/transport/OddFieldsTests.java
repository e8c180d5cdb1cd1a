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

import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import com.handinger.spring.support.OwnTypes;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Each field of each model is read as absent if it is not of the documented type, and is
 * named.
 */
class OddFieldsTests {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final JsonMapper EXACT = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	private static final List<String> ANSWERS = List.of("worker.Worker", "task.TaskWithTurns",
			"task.TasksApi$TaskTurnList", "task.DeleteTaskResponse", "worker.WorkerTemplate", "worker.WorkerSchedules",
			"worker.WorkerSchedule", "worker.CancelScheduleResponse", "worker.DeleteWorkerResponse",
			"worker.DefaultHandingerWorkersClient$Email", "worker.Webhook", "worker.WebhookExecutionPages$Page");

	private static final List<String> NO_OBJECT = List.of("[]", "[1]", "[{}]", "\"x\"", "\"\"", "\" \"", "1", "1.5",
			"true");

	private static final List<String> NO_LIST = List.of("{}", "{\"a\":[1]}", "\"x\"", "\"\"", "\" \"", "1", "1.5",
			"false");

	private static final List<String> NO_TEXT = List.of("{}", "{\"a\":{\"b\":[1]}}", "[]", "[\"x\"]");

	private static final List<String> NO_NUMBER = List.of("{}", "[]", "[1]", "true", "\"x\"", "\"\"", "\" \"",
			"\"null\"", "\"1,5\"", "\"NaN\"", "9223372036854775808", "-9223372036854775809", "1.5e19", "1e999999999",
			"\"1e999999999\"", "\"99999999999999999999\"");

	private static final List<String> NO_FLAG = List.of("{}", "[]", "[true]", "\"x\"", "\"\"", "\"null\"", "1.5");

	private static final List<String> NO_CONSTANT = List.of("{}", "[]", "[\"api\"]", "true", "0", "1.5",
			"99999999999999999999");

	private static final List<String> NO_DATE = List.of("{}", "[]", "[1]", "true", "\"soon\"", "\"\"", "1e999999999",
			"1700000000000000000");

	/**
	 * A field of an answer, and a value that is not of its type.
	 */
	record Field(Class<?> answer, List<Object> path, String value) {

		@Override
		public String toString() {
			return this.answer.getSimpleName() + " with " + text() + ": " + this.value;
		}

		String text() {
			StringBuilder text = new StringBuilder();
			this.path.forEach((step) -> text.append((step instanceof Integer) ? "[" + step + "]" : "." + step));
			return text.substring(1);
		}

		JsonNode json() {
			JsonNode json = JSON.readTree(JSON.writeValueAsString(sample(this.answer)));
			replace(json, EXACT.readTree(this.value));
			return json;
		}

		/**
		 * Return the answer without the field, or with {@code null} where a list has it.
		 */
		JsonNode without() {
			JsonNode json = JSON.readTree(JSON.writeValueAsString(sample(this.answer)));
			replace(json, null);
			return json;
		}

		private void replace(JsonNode root, JsonNode value) {
			JsonNode parent = root;
			for (Object step : this.path.subList(0, this.path.size() - 1)) {
				parent = (step instanceof Integer index) ? parent.get(index) : parent.get((String) step);
			}
			Object last = this.path.get(this.path.size() - 1);
			if (parent instanceof ObjectNode object) {
				if (value != null) {
					object.set((String) last, value);
				}
				else {
					object.remove((String) last);
				}
			}
			else {
				parent.asArray().set((int) last, (value != null) ? value : JSON.nullNode());
			}
		}

	}

	static Stream<Field> fields() {
		return ANSWERS.stream().map(OddFieldsTests::type).flatMap((answer) -> fields(answer, List.of(), answer));
	}

	private static Class<?> type(String name) {
		try {
			return Class.forName("com.handinger.spring." + name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Stream<Field> fields(Class<?> answer, List<Object> path, Class<?> model) {
		return components(model).flatMap((component) -> {
			List<Object> fieldPath = append(path, name(component));
			return fields(answer, fieldPath, component.getGenericType());
		});
	}

	private static Stream<Field> fields(Class<?> answer, List<Object> path, Type type) {
		Class<?> raw = raw(type);
		Stream<Field> own = oddValues(raw).stream().map((value) -> new Field(answer, path, value));
		if (raw == List.class) {
			Type element = ((ParameterizedType) type).getActualTypeArguments()[0];
			return Stream.concat(own, fields(answer, append(path, 0), element));
		}
		return raw.isRecord() ? Stream.concat(own, fields(answer, path, raw)) : own;
	}

	/**
	 * A model whose fields have any name.
	 */
	record Dates(Map<String, List<Instant>> dates) {
	}

	private static List<Object> append(List<Object> path, Object step) {
		List<Object> longer = new ArrayList<>(path);
		longer.add(step);
		return longer;
	}

	private static Class<?> raw(Type type) {
		return (Class<?>) ((type instanceof ParameterizedType generic) ? generic.getRawType() : type);
	}

	private static Stream<RecordComponent> components(Class<?> model) {
		return Stream.of(model.getRecordComponents())
			.filter((component) -> !component.getAccessor().isAnnotationPresent(JsonIgnore.class));
	}

	private static String name(RecordComponent component) {
		JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
		return (property != null && !property.value().isEmpty()) ? property.value() : component.getName();
	}

	private static List<String> oddValues(Class<?> type) {
		if (type == Object.class) {
			return List.of();
		}
		if (type == List.class) {
			return NO_LIST;
		}
		if (type == Map.class || type.isRecord()) {
			return NO_OBJECT;
		}
		if (type == String.class) {
			return NO_TEXT;
		}
		if (type == Instant.class) {
			return NO_DATE;
		}
		if (type == boolean.class) {
			return NO_FLAG;
		}
		return type.isEnum() ? NO_CONSTANT : NO_NUMBER;
	}

	private static Object sample(Type type) {
		Class<?> raw = raw(type);
		if (raw.isRecord()) {
			Map<String, Object> object = new LinkedHashMap<>();
			components(raw).forEach((component) -> object.put(name(component), sample(component.getGenericType())));
			return object;
		}
		if (raw == List.class) {
			return List.of(sample(((ParameterizedType) type).getActualTypeArguments()[0]));
		}
		if (raw.isEnum()) {
			return raw.getEnumConstants()[0];
		}
		Map<Class<?>, Object> samples = Map.of(String.class, "some text", Map.class, Map.of("a", List.of(1)),
				Instant.class, "2026-07-01T10:00:00Z", boolean.class, true, Object.class, Map.of("b", 1));
		return samples.getOrDefault(raw, 7);
	}

	private static Object read(JsonNode json, Class<?> type, OddFields oddFields) {
		byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
		return ApiJson.read(bytes, bytes.length, type, oddFields);
	}

	private static boolean isSame(JsonNode first, JsonNode second) {
		return (first.isNumber() && second.isNumber()) ? first.decimalValue().compareTo(second.decimalValue()) == 0
				: first.equals(second);
	}

	@ParameterizedTest
	@MethodSource("fields")
	void fieldOfAnotherTypeIsReadAsAbsentAndIsNamed(Field field) {
		Object expected = null;
		try {
			expected = read(field.without(), field.answer(), new OddFields());
		}
		catch (MalformedJsonException ex) {
			assertThatExceptionOfType(MalformedJsonException.class).as("required")
				.isThrownBy(() -> read(field.json(), field.answer(), new OddFields()));
			return;
		}
		OddFields oddFields = new OddFields();
		Object answer = read(field.json(), field.answer(), oddFields);
		assertThat(oddFields.paths()).containsExactly(field.text());
		if (answer instanceof RawFields<?> keeper) {
			JsonNode raw = EXACT.valueToTree(keeper.rawFields().get(field.text()));
			assertThat(isSame(raw, EXACT.readTree(field.value()))).as("%s", raw).isTrue();
			answer = keeper.withRawFields(Map.of());
		}
		assertThat(answer).isEqualTo(expected);
	}

	@Test
	void everyPublicModelIsCovered() {
		List<Class<?>> covered = new ArrayList<>();
		ANSWERS.forEach((answer) -> addModels(type(answer), covered));
		assertThat(OwnTypes.records()
			.filter((type) -> type.getPackageName().endsWith(".task") || type.getPackageName().endsWith(".worker"))
			.filter((type) -> Modifier.isPublic(type.getModifiers()))
			.filter((type) -> Stream
				.of("Create", "Update", "When", "Cron", "At", "After", "Every", "Polling", "Sent", "TaskHandle")
				.noneMatch(type.getSimpleName()::startsWith)))
			.isSubsetOf(covered);
	}

	private static void addModels(Type type, List<Class<?>> covered) {
		Class<?> raw = raw(type);
		if (raw == List.class) {
			addModels(((ParameterizedType) type).getActualTypeArguments()[0], covered);
		}
		if (raw.isRecord()) {
			covered.add(raw);
			components(raw).forEach((component) -> addModels(component.getGenericType(), covered));
		}
	}

	@Test
	void allFieldsMayBeOfAnotherTypeAtOnce() {
		ObjectNode json = JSON.createObjectNode().put("id", "wrk_1");
		components(Worker.class).filter((component) -> !component.getName().equals("id"))
			.forEach((component) -> json.set(name(component),
					(component.getType() == Map.class || component.getType().isRecord()) ? JSON.createArrayNode()
							: JSON.createObjectNode()));
		OddFields oddFields = new OddFields();
		Worker worker = (Worker) read(json, Worker.class, oddFields);
		assertThat(worker.id()).isEqualTo("wrk_1");
		assertThat(oddFields.paths()).hasSize(13).doesNotContain("id", "error", "incomplete_details");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "46032129.5,46032129", "-1.9,-1", "1e3,1000", "1.2345e2,123", "1e-999999999,0", "`\"12\"`,12",
					"`\" 12 \"`,12", "`\"12.9\"`,12", "`\"1e3\"`,1000", "9223372036854775807.9,9223372036854775807",
					"`\"-9223372036854775808\"`,-9223372036854775808", "-0.0,0" })
	void numberIsCutToAWholeOneWhereverItIs(String number, long expected) {
		OddFields oddFields = new OddFields();
		String text = "{\"id\":\"x\",\"credits\":" + number + ",\"durationMs\":" + number + ",\"usage\":{\"credits\":"
				+ number + "},\"task\":{\"id\":\"x\",\"totals\":{\"turnCount\":" + number
				+ "}},\"logs\":[{\"durationMs\":" + number + "}]}";
		assertThat(((Turn) read(EXACT.readTree(text), Turn.class, oddFields)).credits()).isEqualTo(expected);
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		assertThat(ApiJson.read(bytes, bytes.length, Turn.class, oddFields).durationMs()).isEqualTo(expected);
		assertThat(ApiJson.read(bytes, bytes.length, Worker.class, oddFields).usage().credits()).isEqualTo(expected);
		assertThat(ApiJson.read(bytes, bytes.length, TaskWithTurns.class, oddFields).task().totals().turnCount())
			.isEqualTo(expected);
		assertThat(ApiJson.read(bytes, bytes.length, type("worker.WebhookExecutionPages$Page"), oddFields).toString())
			.contains("durationMs=" + expected);
		assertThat(oddFields.paths()).isEmpty();
	}

	@Test
	void valueStaysAvailableAsItCame() {
		byte[] bytes = """
				{"id":"wrk_1","output_text":"Sunny.","structured_output":[{"a":1}],"files":[{"size":1e999999999}],
				"usage":{"credits":9223372036854775808}}""".getBytes(StandardCharsets.UTF_8);
		Worker worker = ApiJson.read(bytes, bytes.length, Worker.class, new OddFields());
		assertThat(worker.structuredOutput()).isNull();
		assertThat(worker.outputText()).isEqualTo("Sunny.");
		assertThat(worker.rawFields()).containsEntry("structured_output", List.of(Map.of("a", 1)))
			.containsEntry("usage.credits", new BigInteger("9223372036854775808"))
			.containsEntry("files[0].size", new BigDecimal("1e999999999"))
			.isUnmodifiable();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b", "~", "2fa", "2024", "a~1b" })
	void nameIsShownAsItIs(String name) {
		byte[] bytes = ("{\"dates\":{\"" + name + "\":[\"soon\"]}}").getBytes(StandardCharsets.UTF_8);
		OddFields oddFields = new OddFields();
		ApiJson.read(bytes, bytes.length, Dates.class, oddFields);
		assertThat(oddFields.paths()).containsExactly("dates." + name + "[0]");
	}

	@Test
	void serverCannotSetRawFields() {
		byte[] bytes = "{\"id\":\"wrk_1\",\"rawFields\":{\"a\":1}}".getBytes(StandardCharsets.UTF_8);
		assertThat(ApiJson.read(bytes, bytes.length, Worker.class, new OddFields()).rawFields()).isEmpty();
	}

	@Test
	void noMoreThanAThousandValuesAreKept() {
		byte[] bytes = ("{\"id\":\"wrk_1\",\"files\":[" + "[1],".repeat(100_000) + "{}]}")
			.getBytes(StandardCharsets.UTF_8);
		Worker worker = ApiJson.read(bytes, bytes.length, Worker.class, new OddFields());
		assertThat(worker.files()).hasSize(1);
		assertThat(worker.rawFields()).hasSize(1000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"output_text\":\"Sunny.\"}", "{\"id\":null,\"output_text\":\"Sunny.\"}",
			"{\"id\":{},\"output_text\":\"Sunny.\"}", "{\"output\":[{\"content\":[{\"text\":\"Sunny.\"}]}]}",
			"{\"id\":[],\"output_text\":7,\"status\":{}}" })
	void answerWithATextNeedsNoId(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		assertThat(ApiJson.read(bytes, bytes.length, Worker.class, new OddFields()).id()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{\"output_text\":\"\"}", "{\"id\":{},\"output_text\":[]}", "{\"error\":\"geheim\"}",
			"{\"output\":[{\"content\":[{\"text\":\"\"}]},{}]}" })
	void answerWithNeitherIdNorTextIsNone(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		assertThatExceptionOfType(MalformedJsonException.class)
			.isThrownBy(() -> ApiJson.read(bytes, bytes.length, Worker.class, new OddFields()))
			.withMessage("'id' is missing");
	}

}
