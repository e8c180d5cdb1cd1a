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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BaseUrlTests {

	@ParameterizedTest
	@CsvSource({ "https://handinger.com,https://handinger.com", "https://handinger.com/,https://handinger.com",
			"https://handinger.com///,https://handinger.com", "HTTPS://Handinger.com,HTTPS://Handinger.com",
			"https://handinger.com/proxy,https://handinger.com/proxy",
			"https://handinger.com/a/b/,https://handinger.com/a/b", "https://handinger.com/@a,https://handinger.com/@a",
			"https://handinger.com/%7Ea,https://handinger.com/%7Ea",
			"https://handinger.com:8443/,https://handinger.com:8443", "https://[2001:db8::1],https://[2001:db8::1]",
			"https://[2001:db8::1]:8443/,https://[2001:db8::1]:8443", "https://10.0.0.1,https://10.0.0.1" })
	void httpsIsAccepted(String url, String value) {
		assertThat(BaseUrl.of(url, false)).hasToString(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "[0:0:0:0:0:0:0:1]",
			"[0000:0000:0000:0000:0000:0000:0000:0001]" })
	void httpIsAcceptedToThisMachine(String host) {
		assertThat(BaseUrl.of("http://" + host, false)).hasToString("http://" + host);
		assertThat(BaseUrl.of("http://" + host + ":8080/proxy/", false)).hasToString("http://" + host + ":8080/proxy");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://10.0.0.1", "http://handinger.com", "HTTP://handinger.com",
			"http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://evil.example/localhost",
			"http://notlocalhost", "http://128.0.0.1", "http://0.0.0.0", "http://[::2]", "http://[::11]",
			"http://[1:0:0:0:0:0:0:1]" })
	void httpIsRefusedToAnotherMachine(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessageContaining("'" + url + "'")
			.withMessageContaining("plain http")
			.withMessageContaining("handinger.allow-plain-http=true");
	}

	@Test
	void httpIsAcceptedToAnotherMachineIfAllowed() {
		assertThat(BaseUrl.of("http://10.0.0.1/", true)).hasToString("http://10.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user:geheim@handinger.com", "https://geheim@handinger.com",
			"https://user:geheim@[::1]", "https://user:geheim@host_1", "http://user:geheim@localhost",
			"https://user:a@geheim@handinger.com" })
	void userInfoIsRefusedAndNotShown(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, true))
			.withMessageContaining("can't be used")
			.withMessageNotContaining("geheim");
	}

	@Test
	void userInfoThatLooksLikeThisMachineIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of("http://localhost@evil.example", false))
			.withMessageContaining("user info");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://user:ab#geheim@handinger.com", "https://user:ab?geheim@handinger.com",
			"https://user:ab/geheim@handinger.com", "https://user:12#geheim@handinger.com",
			"https://user:%zz-geheim@handinger.com", "https://user:a b geheim@handinger.com",
			"user:geheim@handinger.com", "https:user:geheim@handinger.com", "https:/user:geheim@handinger.com",
			"https//user:geheim@handinger.com", "//user:geheim@handinger.com", "https://user:ab\ngeheim@handinger.com",
			"ftp://user:geheim@handinger.com" })
	void passwordOfWhatIsNoUrlIsNotShown(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, true))
			.withMessageContaining("can't be used")
			.withMessageNotContaining("geheim");
		assertThat(BaseUrl.printable(url)).doesNotContain("geheim").endsWith("@handinger.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://handinger.com?key=geheim", "https://handinger.com/?key=geheim",
			"https://handinger.com/#geheim", "https://handinger.com?", "https://handinger.com/#",
			"https://handinger.com?a=1#geheim" })
	void queryOrFragmentIsRefusedAndNotShown(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessageContaining("query or a fragment")
			.withMessageNotContaining("geheim");
	}

	@ParameterizedTest
	@ValueSource(strings = { "hdg_live_geheim", "https://hdg_live_geheim", "https://handinger.com/\nhdg_live_geheim",
			"http://handinger.com/hdg_live_geheim" })
	void keyInThePlaceOfAUrlIsNotShown(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessageContaining("******' can't be used")
			.withMessageNotContaining("geheim");
	}

	@Test
	void messageHasNoControlCharacters() {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of("https://a\r\n\u001b[31m", false))
			.withMessageStartingWith("The base URL 'https://a [31m' can't be used: it is not a URL");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://handinger.com", "handinger.com", "handinger.com:443", "localhost:8080",
			"//handinger.com", "/api", "", "file:///etc/hosts", "ws://localhost" })
	void anotherSchemeIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, true))
			.withMessageContaining("'" + url + "'")
			.withMessageContaining("has to start with https://");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https:///x", "https:handinger.com", "https:/handinger.com", "https://my_host",
			"https://:443", "https://m\u00fcnchen.example", "https://127.0.0.1:a" })
	void urlWithoutValidHostIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessageContaining("'" + url + "'")
			.withMessageContaining("it has to name a host");
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "\t", "https://", "https://handinger.com/a b", " https://handinger.com",
			"https://handinger.com ", "https://hand inger.com", "https://handinger.com/{id}",
			"https://handinger.com\\a", "https://[::1", "https://handinger.com/%zz",
			"https://handinger.com\r\nHost: evil.example", "${HANDINGER_URL}" })
	void whatIsNoUrlIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessageContaining("it is not a URL; it should look like https://handinger.com");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "65536", "99999" })
	void portThatDoesNotExistIsRefused(String port) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of("https://handinger.com:" + port, false))
			.withMessageContaining("port");
	}

	@ParameterizedTest
	@CsvSource({ "https://handinger.com/api,https://handinger.com", "https://handinger.com/api/,https://handinger.com",
			"https://handinger.com//api//,https://handinger.com", "https://handinger.com/API,https://handinger.com",
			"https://handinger.com/a%20b/api,https://handinger.com/a%20b",
			"https://handinger.com/api/tasks,https://handinger.com",
			"https://handinger.com/api/tasks/,https://handinger.com",
			"https://handinger.com/api/tasks/tsk_1,https://handinger.com",
			"https://handinger.com/api/workers,https://handinger.com",
			"https://proxy.example:8443/handinger/api,https://proxy.example:8443/handinger",
			"http://localhost:8090/api,http://localhost:8090" })
	void pathOfTheApiIsRefused(String url, String right) {
		assertThatIllegalArgumentException().isThrownBy(() -> BaseUrl.of(url, false))
			.withMessage("The base URL '" + url + "' can't be used: it must not have the path of the API, which is "
					+ "added to it: write " + right);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://handinger.com/myapi", "https://handinger.com/api-proxy",
			"https://api.handinger.com", "https://handinger.com/api/handinger", "https://handinger.com/apis",
			"https://handinger.com/tasks" })
	void otherPathIsAccepted(String url) {
		assertThat(BaseUrl.of(url, false)).hasToString(url);
	}

	@Test
	void pathIsWrittenInAscii() {
		assertThat(BaseUrl.of("https://handinger.com/f\u00fcr", false).resolve("/api/tasks"))
			.hasToString("https://handinger.com/f%C3%BCr/api/tasks");
	}

	@ParameterizedTest
	@CsvSource({ "https://handinger.com/,https://handinger.com/api/tasks",
			"https://handinger.com/a/,https://handinger.com/a/api/tasks",
			"https://[2001:db8::1]:8443,https://[2001:db8::1]:8443/api/tasks" })
	void pathIsAppended(String url, String expected) {
		assertThat(BaseUrl.of(url, false).resolve("/api/tasks")).hasToString(expected);
	}

}
