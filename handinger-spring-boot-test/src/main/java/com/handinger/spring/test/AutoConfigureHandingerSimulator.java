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

package com.handinger.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the tests of a class against a {@link HandingerSimulator} rather than Handinger.
 * <p>
 * Each application context has its own simulator, a bean that can be injected with
 * {@code @Autowired} into fields and test methods. It starts and is closed with the
 * context, and is {@linkplain HandingerSimulator#reset() reset} after each test. Contexts
 * are cached as usual.
 * <p>
 * The clients of the application use the simulator, whatever {@code handinger.*}
 * properties or {@code HandingerConnectionDetails} the application has, and wait on the
 * clock of the simulator. Retries and polls are fast. If the application has a listener
 * for finished tasks and its web server is listening on a port, the simulator delivers
 * the end of each turn to its webhook. Missed deliveries are not recovered. Properties of
 * the test itself, such as those of {@code @SpringBootTest}, take precedence.
 * <p>
 * If a test fails, its exception has a suppressed one that shows which requests the
 * simulator has received.
 * <p>
 * The annotation also provides the clients to a test of a slice, such as
 * {@code @WebMvcTest}. It requires {@code handinger-spring-boot-starter}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface AutoConfigureHandingerSimulator {

}
