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

import java.nio.file.Path;
import java.time.Duration;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections over TLS, and through a proxy.
 */
class TlsAndProxyTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	static Path directory;

	private static ServerKeys keys;

	private static WireMockServer server;

	@BeforeAll
	static void startServer() throws Exception {
		keys = ServerKeys.create(directory);
		server = new WireMockServer(options().dynamicPort()
			.dynamicHttpsPort()
			.keystoreType("PKCS12")
			.keystorePath(keys.keyStore().toString())
			.keystorePassword(ServerKeys.PASSWORD)
			.keyManagerPassword(ServerKeys.PASSWORD));
		server.start();
	}

	@AfterAll
	static void stopServer() {
		server.stop();
	}

	@BeforeEach
	void answer() {
		server.resetAll();
		server.stubFor(post("/api/tasks").willReturn(jsonResponse(Json.WORKER, 200)));
	}

	private static String url() {
		return "https://localhost:" + server.httpsPort();
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void serverThatIsNotTrustedIsNeverReached(HttpStack stack) {
		TasksClient.with(stack, url(),
				(client) -> StepVerifier.create(client.create(CreateTask.of("x")))
					.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
						.hasMessageContaining("never reached"))
					.verify(PATIENCE));
		server.verify(0, postRequestedFor(urlEqualTo("/api/tasks")));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void bundleDecidesWhomToTrust(HttpStack stack) {
		TasksClient.application(stack, url(), "handinger.ssl.bundle=handinger")
			.withPropertyValues(keys.trust())
			.run((context) -> StepVerifier
				.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
				.expectNextCount(1)
				.expectComplete()
				.verify(PATIENCE));
		server.verify(1, postRequestedFor(urlEqualTo("/api/tasks")));
	}

	@ParameterizedTest
	@CsvSource({ "REACTOR_EPOLL, https://handinger.com", "REACTOR_NIO, https://handinger.com",
			"REACTOR_EPOLL, http://handinger.com", "REACTOR_NIO, http://handinger.com" })
	void createIsSentAgainWhenTheProxyDoesNotConnect(HttpStack stack, String url) {
		try (RawServer proxy = RawServer.start((request, connection, number) -> connection
			.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))) {
			TasksClient.with(stack, url,
					(client) -> StepVerifier.create(client.create(CreateTask.of("x")))
						.expectError(HandingerConnectionException.class)
						.verify(PATIENCE),
					"handinger.proxy.host=localhost", "handinger.proxy.port=" + proxy.port(),
					"handinger.allow-plain-http=true");
			assertThat(proxy.requests()).hasSize(3)
				.allSatisfy((request) -> assertThat(request.line()).startsWith("CONNECT handinger.com:"));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void proxyIsAskedForAConnection(HttpStack stack) {
		try (RawServer proxy = RawServer.start((request, connection, number) -> connection
			.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))) {
			TasksClient.with(stack, "https://handinger.com", (client) -> StepVerifier
				.create(client.create(CreateTask.of("x")))
				.expectErrorSatisfies(
						(error) -> assertThat(error).isInstanceOf(HandingerException.class).hasMessageContaining("407"))
				.verify(PATIENCE), "handinger.proxy.host=localhost", "handinger.proxy.port=" + proxy.port());
			assertThat(proxy.requests()).isNotEmpty().allSatisfy((request) -> {
				assertThat(request.line()).startsWith("CONNECT handinger.com:443");
				assertThat(request.headers()).doesNotContainKey("Authorization");
			});
		}
	}

}
