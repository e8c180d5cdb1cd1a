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

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A certificate for this machine, made for one test.
 *
 * @param keyStore the key store, which serves as a trust store, too
 */
public record ServerKeys(Path keyStore) {

	/**
	 * The password of the key store and of the key.
	 */
	public static final String PASSWORD = "changeit";

	/**
	 * Make a certificate.
	 * @param directory where to put it
	 */
	public static ServerKeys create(Path directory) throws IOException, InterruptedException {
		Path keyStore = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"SAN=dns:localhost", "-storetype", "PKCS12", "-keystore", keyStore.toString(), "-storepass", PASSWORD)
			.inheritIO()
			.start();
		assertThat(keytool.waitFor(2, TimeUnit.MINUTES)).isTrue();
		assertThat(keytool.exitValue()).isZero();
		return new ServerKeys(keyStore);
	}

	/**
	 * Return the properties that make a bundle named {@code handinger} trust the
	 * certificate.
	 */
	public String[] trust() {
		String prefix = "spring.ssl.bundle.jks.handinger.truststore.";
		return new String[] { prefix + "type=PKCS12", prefix + "password=" + PASSWORD,
				prefix + "location=file:" + this.keyStore };
	}

	/**
	 * Return what a server needs to prove that it is this machine.
	 */
	public KeyManagerFactory keyManagers() {
		try (InputStream in = Files.newInputStream(this.keyStore)) {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(in, PASSWORD.toCharArray());
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(store, PASSWORD.toCharArray());
			return factory;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
