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

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Stream;

import com.handinger.spring.support.OwnTypes;
import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.ValueDeserializer;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

/**
 * What a native image is told when an application with the starter is compiled ahead of
 * time.
 */
class HandingerRuntimeHintsTests {

	private static RuntimeHints hints = new RuntimeHints();

	@BeforeAll
	static void compileAnApplication() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), new InMemoryGeneratedFiles());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(DriverManagerDataSource.class);
			context.register(HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class,
					HandingerRunsAutoConfiguration.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
		hints = generation.getRuntimeHints();
	}

	static Stream<Class<?>> records() {
		return OwnTypes.records();
	}

	static Stream<Class<?>> enums() {
		return OwnTypes.all().filter((type) -> type.isEnum() && !type.isAnonymousClass()).map(JavaClass::reflect);
	}

	static Stream<Class<?>> deserializers() {
		return OwnTypes.all().filter((type) -> type.isAssignableTo(ValueDeserializer.class)).map(JavaClass::reflect);
	}

	@ParameterizedTest
	@MethodSource("records")
	void recordCanBeReadAndWritten(Class<?> type) throws ReflectiveOperationException {
		RecordComponent[] components = type.getRecordComponents();
		Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		assertThat(reflection().onConstructorInvocation(type.getDeclaredConstructor(types))).accepts(hints);
		for (RecordComponent component : components) {
			assertThat(reflection().onMethodInvocation(component.getAccessor())).accepts(hints);
			assertThat(reflection().onFieldAccess(type.getDeclaredField(component.getName()))).accepts(hints);
		}
	}

	@ParameterizedTest
	@MethodSource("enums")
	void enumCanBeReadAndWritten(Class<?> type) {
		assertThat(reflection().onType(type)
			.withMemberCategories(MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.ACCESS_DECLARED_FIELDS))
			.accepts(hints);
	}

	@ParameterizedTest
	@MethodSource("deserializers")
	void deserializerCanBeMade(Class<?> type) {
		assertThat(reflection().onType(type).withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
			.accepts(hints);
	}

	@Test
	void typesAreFound() {
		assertThat(records()).extracting(Class::getSimpleName)
			.contains("HandingerProperties", "RunData", "Task", "Turn", "Worker", "TaskFinishedEvent");
		assertThat(enums()).extracting(Class::getSimpleName).contains("TaskStatus", "Budget");
		assertThat(deserializers()).extracting(Class::getSimpleName).contains("LenientDeserializer");
	}

	@Test
	void versionIsAmongTheResources() {
		assertThat(resource().forResource("com/handinger/spring/autoconfigure/version.properties")).accepts(hints);
	}

	@Test
	void scriptsOfTheTableOfRunsAreAmongTheResources() {
		assertThat(resource().forResource("com/handinger/spring/run/schema-postgresql.sql")).accepts(hints);
	}

	@Test
	void cookiesCanBeDisabled() {
		assertThat(HttpClientSettings.class.getMethods())
			.filteredOn((method) -> method.getName().contains("withCookie"))
			.allSatisfy((method) -> assertThat(reflection().onMethodInvocation(method)).accepts(hints));
	}

}
