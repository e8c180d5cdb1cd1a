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

package com.handinger.spring.netty;

import java.util.function.Predicate;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.ChannelOperations;

import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * A request and its answer, as Reactor Netty has them.
 */
final class NativeExchange {

	private final ChannelOperations<?, ?> operations;

	/**
	 * Reactor Netty knows it no more when the answer is complete.
	 */
	private final Channel channel;

	private NativeExchange(ChannelOperations<?, ?> operations) {
		this.operations = operations;
		this.channel = operations.channel();
	}

	/**
	 * Return what Reactor Netty has of a request that has got its connection.
	 */
	static @Nullable NativeExchange of(ClientHttpRequest request) {
		return (request.getNativeRequest() instanceof ChannelOperations<?, ?> operations)
				? new NativeExchange(operations) : null;
	}

	void execute(Runnable task) {
		this.channel.eventLoop().execute(task);
	}

	/**
	 * Set who is told when the connection is lost before the answer comes, and returns
	 * whether that is still news.
	 */
	void onLoss(@Nullable Predicate<Throwable> call) {
		LostConnectionHandler.set(this.channel, call);
	}

	/**
	 * A whole answer is taken from its connection, which may be another call's by now.
	 * Where there is more to come, the connection is closed.
	 */
	void discard() {
		this.operations.receive().subscribe((part) -> {
		}, (failure) -> {
		});
		if (!this.operations.isInboundDisposed()) {
			this.operations.discard();
		}
	}

}
