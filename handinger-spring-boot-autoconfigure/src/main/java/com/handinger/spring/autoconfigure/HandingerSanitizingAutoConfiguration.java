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

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;

/**
 * Auto-configuration for what the actuator must not show.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
final class HandingerSanitizingAutoConfiguration {

	/**
	 * Spring Boot injects all functions, so this one has to be a candidate.
	 */
	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "handingerSanitizingFunction")
	SecretsSanitizingFunction handingerSanitizingFunction(ObjectProvider<HandingerProperties> properties) {
		return new SecretsSanitizingFunction(properties);
	}

}
