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

package com.handinger.spring.support;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test during which a thread was blocked that must not be: one of an event loop,
 * or of a scheduler for what does not block. It counts for every test, wherever the error
 * of the blocking call has gone.
 */
public final class BlockingCalls implements BeforeAllCallback, AfterEachCallback {

	private static final String BLOCK_HOUND = "reactor.blockhound.";

	private static final List<String> NETTY_AND_JDK = List.of("io.netty.", "java.", "jdk.");

	private static final List<BlockingOperationError> FOUND = new CopyOnWriteArrayList<>();

	private static final boolean INSTALLED = install();

	private static boolean install() {
		BlockHound.builder()
			.loadIntegrations()
			// Spring makes the boundary of a multipart body with it. It reads
			// /dev/urandom, which has bytes at any time.
			.allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
			// The JDK's HTTP client has locks of its own.
			.allowBlockingCallsInside("jdk.internal.net.http.common.MinimalFuture", "cancel")
			.allowBlockingCallsInside("jdk.internal.net.http.HttpClientFacade", "sendAsync")
			.allowBlockingCallsInside("jdk.internal.net.http.common.SequentialScheduler", "runOrSchedule")
			// It has a lock for its queue, which nobody holds for longer than a moment.
			// BlockHound allows the same to the executors of Reactor's schedulers.
			.allowBlockingCallsInside("java.util.concurrent.ThreadPoolExecutor", "execute")
			.blockingMethodCallback((method) -> {
				if (!isNettysOwn()) {
					BlockingOperationError error = new BlockingOperationError(method);
					FOUND.add(error);
					throw error;
				}
			})
			.install();
		return true;
	}

	/**
	 * Netty's allocator has locks of its own, which it takes whatever it is used for.
	 */
	private static boolean isNettysOwn() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.map(StackWalker.StackFrame::getClassName)
				.dropWhile((name) -> name.startsWith(BLOCK_HOUND) || name.startsWith(BlockingCalls.class.getName()))
				.allMatch((name) -> NETTY_AND_JDK.stream().anyMatch(name::startsWith)));
	}

	/**
	 * Return the blocking calls since the last time, for a test that expects some.
	 */
	public static List<BlockingOperationError> take() {
		List<BlockingOperationError> found = List.copyOf(FOUND);
		FOUND.removeAll(found);
		return found;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		assertThat(INSTALLED).isTrue();
	}

	@Override
	public void afterEach(ExtensionContext context) {
		assertThat(take().stream().map(BlockingCalls::trace)).as("blocking calls on threads that must not block")
			.isEmpty();
	}

	private static String trace(BlockingOperationError error) {
		StringWriter trace = new StringWriter();
		error.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

}
