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

package com.handinger.spring.http;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connections that calls go through. Calls that wait for a task have connections of
 * their own, so that the others never queue behind them.
 *
 * @param shortCalls for the calls that are answered at once
 * @param taskCalls for the calls that are answered when a task is at an end
 * @param isReactorNetty whether Reactor Netty is below: it takes the body of a request
 * when it is connected and not before, and its time-outs cover the body of the answer
 */
public record HttpConnections(WebClient shortCalls, WebClient taskCalls, boolean isReactorNetty) {
}
