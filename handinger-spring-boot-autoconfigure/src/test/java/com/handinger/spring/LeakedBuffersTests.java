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

package com.handinger.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.handinger.spring.support.LeakedBuffers;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A buffer that nobody has released is found.
 */
class LeakedBuffersTests {

	private static void leak() {
		assertThat(ByteBufAllocator.DEFAULT.buffer(16).refCnt()).isEqualTo(1);
	}

	@Test
	void leakIsFound() {
		leak();
		List<String> found = new ArrayList<>();
		await().atMost(Duration.ofMinutes(2)).until(() -> found.addAll(LeakedBuffers.take()));
		assertThat(found).first().asString().contains("LeakedBuffersTests.leak");
	}

}
