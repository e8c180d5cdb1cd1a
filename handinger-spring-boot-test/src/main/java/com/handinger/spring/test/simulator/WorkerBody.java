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

package com.handinger.spring.test.simulator;

import java.util.Arrays;

import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;

/**
 * A {@code Worker} of the contract with messages of any size: filler text is generated
 * while it is sent.
 */
final class WorkerBody {

	private static final byte[] FILLER_START = Answers.ascii(",{\"role\":\"assistant\",\"content\":\"");

	private static final byte[] FILLER_END = Answers.ascii("\"}");

	private static final byte[] FILLER_TEXT = Answers.ascii("All work and no play makes a dull text. ".repeat(1600));

	private final byte[] start;

	private final long fillerSize;

	private final byte[] end;

	private WorkerBody(byte[] start, long fillerSize, byte[] end) {
		this.start = start;
		this.fillerSize = fillerSize;
		this.end = end;
	}

	static WorkerBody of(Conversation conversation) {
		byte[] messages = Answers.json(conversation.messages());
		byte[] worker = Answers.json(conversation.worker());
		worker[0] = ',';
		return new WorkerBody(concat(Answers.ascii("{\"messages\":"), Arrays.copyOf(messages, messages.length - 1)),
				conversation.fillerSize(), concat(Answers.ascii("]"), worker));
	}

	private static byte[] concat(byte[]... parts) {
		int length = 0;
		for (byte[] part : parts) {
			length += part.length;
		}
		byte[] all = new byte[length];
		int position = 0;
		for (byte[] part : parts) {
			System.arraycopy(part, 0, all, position, part.length);
			position += part.length;
		}
		return all;
	}

	long length() {
		long fillers = (this.fillerSize + FILLER_TEXT.length - 1) / FILLER_TEXT.length;
		return this.start.length + this.fillerSize + fillers * (FILLER_START.length + FILLER_END.length)
				+ this.end.length;
	}

	Flux<DataBuffer> buffers(DataBufferFactory factory) {
		return Flux.concat(Flux.just(factory.wrap(this.start)), fillers(factory), Flux.just(factory.wrap(this.end)));
	}

	private Flux<DataBuffer> fillers(DataBufferFactory factory) {
		return Flux.generate(() -> this.fillerSize, (remaining, sink) -> {
			if (remaining <= 0) {
				sink.complete();
				return remaining;
			}
			int length = (int) Math.min(remaining, FILLER_TEXT.length);
			sink.next(filler(factory, length));
			return remaining - length;
		});
	}

	private static DataBuffer filler(DataBufferFactory factory, int length) {
		return factory.allocateBuffer(FILLER_START.length + length + FILLER_END.length)
			.write(FILLER_START)
			.write(FILLER_TEXT, 0, length)
			.write(FILLER_END);
	}

}
