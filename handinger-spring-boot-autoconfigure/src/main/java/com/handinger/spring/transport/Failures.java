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

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.transport.HandingerTransport.Endpoint;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Turns failures of calls into exceptions whose messages say what to do.
 */
final class Failures {

	static final String CHECK_NETWORK = "check handinger.base-url and the network";

	private static final int MAX_CAUSES = 100;

	private Failures() {
	}

	/**
	 * Return whether a connection failed before it could carry a request. A server
	 * accepts no request on a connection whose TLS handshake has failed. The JDK's HTTP
	 * client requests the body when the handshake is done, or when the server closes the
	 * connection during the handshake.
	 * @param cause the reason why there was no response
	 * @param written whether the HTTP library has requested the body of the request
	 */
	static boolean isConnectFailure(Throwable cause, boolean written) {
		return cause instanceof ConnectException || cause instanceof UnknownHostException
				|| cause instanceof UnresolvedAddressException || cause instanceof HttpConnectTimeoutException
				|| cause instanceof SSLHandshakeException || (!written && cause instanceof SSLException)
				|| isUnprocessed(cause);
	}

	/**
	 * Return whether it is certain that no server has processed a request, even if parts
	 * of it were written. Netty holds a request back until its proxy has connected.
	 */
	static boolean isUnprocessed(Throwable cause) {
		return cause instanceof UnprocessedRequestException || isNetty(cause, "proxy.ProxyConnectException");
	}

	/**
	 * Netty is optional.
	 */
	private static boolean isNetty(Throwable cause, String name) {
		return Stream.<Class<?>>iterate(cause.getClass(), Objects::nonNull, Class::getSuperclass)
			.anyMatch((type) -> type.getName().equals("io.netty.handler." + name));
	}

	static HandingerConnectionException neverReached(ApiCall<?> call, Throwable cause) {
		String advice = (cause instanceof UnprocessedRequestException unprocessed) ? unprocessed.advice()
				: CHECK_NETWORK;
		return failure(call, " never reached Handinger (" + reason(cause) + "): " + advice + ", then call again", cause,
				false);
	}

	/**
	 * Code of the application failed before the request was passed on.
	 * @param code the code, such as a filter and its class
	 */
	static HandingerConnectionException notSent(ApiCall<?> call, String code, Throwable failure) {
		Throwable cause = HandingerTransport.cause(failure);
		return failure(call, " was not sent, because the " + code + " failed (" + reason(cause) + "): check the "
				+ code.replaceFirst("^WebClient (filter).*", "$1") + ", then call again", cause, false);
	}

	static HandingerConnectionException closed(ApiCall<?> call) {
		return failure(call, " was not sent, since the application ends: call again", null, false);
	}

	/**
	 * A failure to read the connection details may be transient. Invalid details are not.
	 */
	static HandingerException noAccess(ApiCall<?> call, RuntimeException cause) {
		String problem = " was not sent: " + cause.getMessage();
		return (cause instanceof Endpoint.UnreadableException)
				? failure(call, problem + ": correct that, then call again", cause, false)
				: new HandingerException(call.name() + problem, cause, call.taskId());
	}

	static HandingerConnectionException noAnswer(ApiCall<?> call, Throwable cause, boolean neverReached) {
		return neverReached ? neverReached(call, cause)
				: failure(call, " got no answer (" + reason(cause) + "): call again later", cause, true);
	}

	private static HandingerConnectionException failure(ApiCall<?> call, String problem, @Nullable Throwable cause,
			boolean mayHaveReached) {
		return new HandingerConnectionException(call.name() + problem, cause, call.taskId(), mayHaveReached);
	}

	static OutcomeUnknownException outcomeUnknown(ApiCall<?> call, Throwable cause) {
		return new OutcomeUnknownException(call.name() + " may have been carried out, but its outcome is unknown ("
				+ reason(cause) + "): " + doNotSendAgain(call), cause, call.taskId());
	}

	static OutcomeUnknownException abandoned(ApiCall<?> call) {
		return new OutcomeUnknownException(call.name()
				+ " may have been carried out, but its last subscriber cancelled before there was an answer: "
				+ doNotSendAgain(call), null, call.taskId());
	}

	/**
	 * Return the note for a task whose polling has failed.
	 */
	static String taskMayRun(@Nullable String taskId) {
		return ". The task may run: do not send it again, but look it up by its id, " + taskId;
	}

	static String doNotSendAgain(ApiCall<?> call) {
		if (call.taskId() != null) {
			return "do not send it again, but look the task up by its id, " + call.taskId();
		}
		return call.waitsForTask() ? "do not send it again, but look for the task in the dashboard"
				: "do not send it again before you have looked whether it was carried out";
	}

	private static String reason(Throwable cause) {
		if (cause instanceof HandingerApiException answered) {
			return "the answer was " + answered.status()
					+ ((answered.error() != null) ? ", \"" + answered.error() + "\"" : "");
		}
		if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException
				|| isNetty(cause, "timeout.TimeoutException")) {
			return "no answer in time";
		}
		if (isNetty(cause, "ssl.NotSslRecordException")) {
			return "the server does not speak TLS";
		}
		if (causes(cause).anyMatch((failure) -> failure instanceof UnknownHostException
				|| failure instanceof UnresolvedAddressException)) {
			return "the name of the host can't be resolved";
		}
		Throwable root = causes(cause).reduce(cause, (outer, inner) -> inner);
		String words = (root instanceof IOException || root instanceof GeneralSecurityException)
				? Redaction.of(Objects.requireNonNullElse(root.getMessage(), "")) : "";
		if (!words.isEmpty()) {
			return words;
		}
		return (cause instanceof ConnectException) ? "the connection was refused"
				: ClassUtils.getShortName(root.getClass());
	}

	/**
	 * Return a failure and its causes, which may form a circle.
	 */
	private static Stream<Throwable> causes(Throwable error) {
		return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
	}

}
