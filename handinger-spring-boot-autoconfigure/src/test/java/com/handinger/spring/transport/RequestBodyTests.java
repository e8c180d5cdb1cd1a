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

import java.util.Map;

import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

class RequestBodyTests {

	/**
	 * With Apache HttpComponents, Spring compares the name with its case. A second length
	 * would be an error.
	 */
	@Test
	void lengthHasTheNameThatEachHttpLibraryLooksFor() {
		MockClientHttpRequest request = new MockClientHttpRequest(HttpMethod.POST, "/api/tasks");
		StepVerifier
			.create(RequestBody.json(() -> Map.of("input", "x")).writer().flatMap((body) -> body.write(request)))
			.verifyComplete();
		assertThat(request.getHeaders().headerNames()).contains("Content-Length");
		assertThat(request.getHeaders().getContentLength()).isEqualTo(13);
		assertThat(request.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
	}

}
