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

import java.nio.charset.StandardCharsets;

import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import com.handinger.spring.transport.ResponseReader.Body;
import com.handinger.spring.support.Json;
import com.handinger.spring.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResponseBytesTests {

	private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);

	private DataBuffer buffer(String text) {
		return this.buffers.allocateBuffer(16).write(text, StandardCharsets.UTF_8);
	}

	@Test
	void startOfNothingIsEmpty() {
		assertThat(new Body(10).start()).isEmpty();
	}

	@Test
	void partsAreJoined() {
		Body bytes = new Body(2_000_000);
		StringBuilder text = new StringBuilder("{\"id\":\"wrk_1\",\"output_text\":\"");
		assertThat(bytes.add(buffer(text.toString()))).isTrue();
		for (int i = 0; i < 5000; i++) {
			assertThat(bytes.add(buffer(i + " "))).isTrue();
			text.append(i).append(' ');
		}
		assertThat(bytes.add(buffer("\"}"))).isTrue();
		assertThat(bytes.as(Worker.class, new OddFields()).outputText()).isEqualTo(text.substring(text.indexOf("0 ")));
	}

	@Test
	void partsThatMeetTheLimitFit() {
		Body bytes = new Body(Json.WORKER.length());
		assertThat(bytes.add(buffer(Json.WORKER.substring(0, 20)))).isTrue();
		assertThat(bytes.add(buffer(Json.WORKER.substring(20)))).isTrue();
		assertThat(bytes.as(Worker.class, new OddFields()).outputText()).isEqualTo("Sunny.");
	}

	@Test
	void nothingFitsWhenTheLimitIsReached() {
		Body bytes = new Body(4);
		assertThat(bytes.add(buffer("abcd"))).isTrue();
		assertThat(bytes.add(buffer(""))).isTrue();
		assertThat(bytes.add(buffer("e"))).isFalse();
		assertThat(bytes.add(buffer("f"))).isFalse();
		assertThat(bytes.add(buffer(""))).isFalse();
		assertThat(bytes.start()).isEqualTo("abcd");
	}

	@Test
	void partBeyondTheLimitIsCut() {
		Body bytes = new Body(4);
		assertThat(bytes.add(buffer("abc"))).isTrue();
		assertThat(bytes.add(buffer("def"))).isFalse();
		assertThat(bytes.start()).isEqualTo("abcd");
	}

	@Test
	void bytesBeyondTheEndAreNotRead() {
		Body bytes = new Body(1000);
		bytes.add(buffer("{\"id\":\"wrk_1\""));
		assertThatExceptionOfType(MalformedJsonException.class)
			.isThrownBy(() -> bytes.as(Worker.class, new OddFields()))
			.matches(MalformedJsonException::isTruncated);
	}

	@Test
	void startIsLimited() {
		Body bytes = new Body(100_000);
		bytes.add(buffer("x".repeat(50_000)));
		assertThat(bytes.start()).hasSize(2000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "abc", "abcd", "abcde" })
	void bufferIsReleased(String text) {
		ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
		new Body(4).add(this.buffers.wrap(buffer));
		assertThat(buffer.refCnt()).isZero();
	}

}
