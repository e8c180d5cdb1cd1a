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

package com.handinger.spring.webhook;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import com.handinger.spring.webhook.WebhookController.RefusedRequests;
import org.junit.jupiter.api.Test;
import org.mockito.MockedStatic;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;

/**
 * Which tokens open the webhook, and what is told of those that do not.
 */
class WebhookTokensTests {

	@Test
	void eachOfSeveralTokensOpens() {
		WebhookTokens tokens = new WebhookTokens(() -> List.of("first", "second"), false);
		tokens.register("wrk_1", "third");
		assertThat(List.of("first", "second", "third")).allMatch(tokens::accept);
		assertThat(List.of("", " ", "First", "first ", "firs", "firstsecond")).noneMatch(tokens::accept);
	}

	@Test
	void allAreComparedWhicheverIsRight() {
		try (MockedStatic<MessageDigest> digests = Mockito.mockStatic(MessageDigest.class,
				Mockito.CALLS_REAL_METHODS)) {
			WebhookTokens tokens = new WebhookTokens(() -> List.of("first", "second"), false);
			tokens.register("wrk_1", "third");
			for (String token : List.of("first", "second", "third", "wrong")) {
				digests.clearInvocations();
				tokens.accept(token);
				digests.verify(() -> MessageDigest.isEqual(any(), any()), Mockito.times(3));
			}
		}
	}

	@Test
	void blankTokenOpensNothing() {
		WebhookTokens tokens = new WebhookTokens(() -> List.of("", "  "), false);
		assertThat(tokens.areExpected()).isFalse();
		assertThat(tokens.accept("")).isFalse();
		assertThat(tokens.accept("  ")).isFalse();
	}

	@Test
	void tokenThatWasReplacedOpensNothing() {
		WebhookTokens tokens = new WebhookTokens(List::of, false);
		tokens.register("wrk_1", "old");
		tokens.register("wrk_1", "new");
		assertThat(tokens.accept("old")).isFalse();
		assertThat(tokens.accept("new")).isTrue();
		assertThat(tokens.toString()).doesNotContain("new");
	}

	@Test
	void tenThousandWrongTokensAreOneLine() {
		RefusedRequests refused = new RefusedRequests();
		try (CapturedLog log = CapturedLog.startWithTrace()) {
			IntStream.range(0, 10_000).parallel().forEach((i) -> refused.add("without the right token", "a hint"));
			assertThat(log.lines(Level.TRACE)).hasSize(1);
		}
	}

	@Test
	void tokenThatIsReplacedInTheSameListIsRefused() {
		List<String> configured = new ArrayList<>(List.of("first"));
		WebhookTokens tokens = new WebhookTokens(() -> configured, false);
		assertThat(tokens.accept("first")).isTrue();
		configured.set(0, "second");
		assertThat(tokens.accept("first")).isFalse();
		assertThat(tokens.accept("second")).isTrue();
	}

	@Test
	void webhookIsThereAsSoonAsATokenIsToBeTold() {
		assertThat(new WebhookTokens(List::of, true).areExpected()).isTrue();
		assertThat(new WebhookTokens(List::of, true).accept("")).isFalse();
	}

}
