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

import java.util.Set;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * Keeps Reactor Netty's warnings of broken connections from the console: most tests break
 * some.
 */
public final class BrokenConnectionFilter extends Filter<ILoggingEvent> {

	private static final Set<String> LOGGERS = Set.of("reactor.netty.http.client.HttpClientConnect",
			"reactor.netty.channel.FluxReceive");

	@Override
	public FilterReply decide(ILoggingEvent event) {
		return LOGGERS.contains(event.getLoggerName()) ? FilterReply.DENY : FilterReply.NEUTRAL;
	}

}
