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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TaskHandleTests {

	private static final TaskHandle HANDLE = new TaskHandle("tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D", 2);

	private static final String TEXT = "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D~2";

	@Test
	void textIsTheIdAndTheNumberOfTurnsBefore() {
		assertThat(HANDLE).hasToString(TEXT);
	}

	@Test
	void textIsParsed() {
		assertThat(TaskHandle.parse(TEXT)).isEqualTo(HANDLE);
	}

	@Test
	void idMayContainATilde() {
		TaskHandle handle = new TaskHandle("tsk~1", 0);
		assertThat(TaskHandle.parse(handle.toString())).isEqualTo(handle);
	}

	@Test
	void jsonIsTheText() {
		assertThat(JsonMapper.shared().writeValueAsString(Map.of("run", HANDLE)))
			.isEqualTo("{\"run\":\"" + TEXT + "\"}");
	}

	@Test
	void jsonIsRead() {
		assertThat(JsonMapper.shared().readValue("[\"" + TEXT + "\"]", TaskHandle[].class)).containsExactly(HANDLE);
	}

	@Test
	void serializedHandleIsRead() throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		new ObjectOutputStream(bytes).writeObject(HANDLE);
		assertThat(new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject()).isEqualTo(HANDLE);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "tsk_1", "~1", " ~1", "tsk_1~", "tsk_1~-1", "tsk_1~+1", "tsk_1~01", "tsk_1~x",
			"tsk_1~1 ", "tsk_\n1~1", "..~1", "tsk_1~٣", "tsk_1~9223372036854775808", "tsk_1~9999999999999999999" })
	void textThatIsNoHandleIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskHandle.parse(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "tsk_1", "tsk_1~9223372036854775808" })
	void refusalSaysWhatAHandleLooksLike(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskHandle.parse(text))
			.withMessageContaining("such as tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D~0");
	}

	@Test
	void negativeNumberOfTurnsIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new TaskHandle("tsk_1", -1))
			.withMessageContaining("it is 0 for a new task");
	}

	@Test
	void handlesAreComparedByValue() {
		assertThat(List.of(HANDLE)).contains(TaskHandle.parse(TEXT)).doesNotContain(new TaskHandle(HANDLE.taskId(), 3));
	}

	@Test
	void eachNumberOfTurnsIsParsed() {
		TaskHandle handle = new TaskHandle("tsk_1", Long.MAX_VALUE);
		assertThat(TaskHandle.parse(handle.toString())).isEqualTo(handle);
	}

	@Test
	void eachIdIsParsed() {
		TaskHandle handle = new TaskHandle("tsk\u2028/%? 1", 0);
		assertThat(TaskHandle.parse(handle.toString())).isEqualTo(handle);
	}

	@Test
	void parameterOfAControllerIsConverted() {
		ConversionService conversion = new DefaultConversionService();
		assertThat(conversion.convert(TEXT, TaskHandle.class)).isEqualTo(HANDLE);
		assertThatExceptionOfType(ConversionFailedException.class)
			.isThrownBy(() -> conversion.convert("tsk_1", TaskHandle.class));
	}

	@Test
	void handleIsTheKeyOfAMapInJson() {
		JsonMapper mapper = JsonMapper.shared();
		String json = mapper.writeValueAsString(Map.of(HANDLE, "weather"));
		assertThat(json).isEqualTo("{\"" + TEXT + "\":\"weather\"}");
		assertThat(mapper.readValue(json, new TypeReference<Map<TaskHandle, String>>() {
		})).containsOnlyKeys(HANDLE);
	}

}
