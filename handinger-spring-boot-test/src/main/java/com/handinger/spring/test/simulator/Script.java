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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a rule says about a turn. Everything that it does not say is left to the
 * directives in the input, and to the simulator.
 *
 * @param text the text of the answer
 * @param structuredOutput the structured output
 * @param end the final status
 * @param hangUp how the connection is closed instead of a response
 * @param answerStatus the status of an immediate response
 * @param rejection how requests are rejected
 * @param runTime the total duration of the turn
 * @param lost whether the delivery is lost
 * @param twice whether the delivery is made twice
 */
record Script(@Nullable String text, @Nullable Map<String, Object> structuredOutput, @Nullable TurnStatus end,
		Directives.@Nullable HangUp hangUp, @Nullable Integer answerStatus, @Nullable Rejection rejection,
		@Nullable Duration runTime, boolean lost, boolean twice) {

	static final Script NONE = new Script(null, null, null, null, null, null, null, false, false);

	/**
	 * Return the text of the answer, which is the structured output in JSON if there is
	 * no other text.
	 */
	@Nullable String answer() {
		if (this.text != null || this.structuredOutput == null) {
			return this.text;
		}
		return new String(Answers.json(this.structuredOutput), StandardCharsets.UTF_8);
	}

	/**
	 * Return the final status, which is {@code completed} if there is an answer and
	 * nothing else is said.
	 */
	TurnStatus endOr(TurnStatus other) {
		if (this.end != null) {
			return this.end;
		}
		return (this.text != null || this.structuredOutput != null) ? TurnStatus.COMPLETED : other;
	}

	Script withText(String text) {
		return new Script(text, this.structuredOutput, this.end, this.hangUp, this.answerStatus, this.rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withStructuredOutput(Map<String, Object> structuredOutput) {
		return new Script(this.text, structuredOutput, this.end, this.hangUp, this.answerStatus, this.rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withEnd(TurnStatus end) {
		return new Script(this.text, this.structuredOutput, end, this.hangUp, this.answerStatus, this.rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withHangUp(Directives.HangUp hangUp) {
		return new Script(this.text, this.structuredOutput, this.end, hangUp, this.answerStatus, this.rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withAnswerStatus(int answerStatus) {
		return new Script(this.text, this.structuredOutput, this.end, this.hangUp, answerStatus, this.rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withRejection(Rejection rejection) {
		return new Script(this.text, this.structuredOutput, this.end, this.hangUp, this.answerStatus, rejection,
				this.runTime, this.lost, this.twice);
	}

	Script withRunTime(Duration runTime) {
		return new Script(this.text, this.structuredOutput, this.end, this.hangUp, this.answerStatus, this.rejection,
				runTime, this.lost, this.twice);
	}

	Script withLostWebhook() {
		return new Script(this.text, this.structuredOutput, this.end, this.hangUp, this.answerStatus, this.rejection,
				this.runTime, true, this.twice);
	}

	Script withSecondDelivery() {
		return new Script(this.text, this.structuredOutput, this.end, this.hangUp, this.answerStatus, this.rejection,
				this.runTime, this.lost, true);
	}

}
