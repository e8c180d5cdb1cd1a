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

package com.handinger.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;

import org.springframework.boot.SpringBootVersion;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * Value of the {@code User-Agent} header. The version comes from a filtered resource
 * rather than from the manifest, so that it is also known without a jar.
 */
final class UserAgent {

	static final String RESOURCE = "com/handinger/spring/autoconfigure/version.properties";

	private UserAgent() {
	}

	static String value() {
		return "handinger-spring-boot/" + version() + " spring-boot/" + SpringBootVersion.getVersion() + " java/"
				+ System.getProperty("java.version");
	}

	private static String version() {
		try {
			return PropertiesLoaderUtils
				.loadProperties(new ClassPathResource(RESOURCE, UserAgent.class.getClassLoader()))
				.getProperty("version");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
