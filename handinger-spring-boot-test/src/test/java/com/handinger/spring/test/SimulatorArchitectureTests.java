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

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * The simulator runs without the library that it tests, and without Spring Boot.
 */
@AnalyzeClasses(packages = "com.handinger.spring.test", importOptions = ImportOption.DoNotIncludeTests.class)
class SimulatorArchitectureTests {

	@ArchTest
	static final ArchRule ENGINE_KNOWS_NO_LIBRARY = noClasses().that()
		.resideInAPackage("com.handinger.spring.test.simulator")
		.should()
		.dependOnClassesThat(
				resideInAPackage("com.handinger..").and(resideOutsideOfPackage("com.handinger.spring.test.simulator")));

	@ArchTest
	static final ArchRule SIMULATOR_NEEDS_NO_SPRING_BOOT = noClasses().that()
		.resideInAPackage("com.handinger.spring.test.simulator")
		.or()
		.belongToAnyOf(HandingerSimulator.class)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework.boot..", "org.springframework.test..", "org.junit..");

	@ArchTest
	static final ArchRule FACADE_KNOWS_ONLY_THE_ENGINE = classes().that()
		.belongToAnyOf(HandingerSimulator.class)
		.should()
		.onlyDependOnClassesThat(
				resideOutsideOfPackage("com.handinger..").or(resideInAPackage("com.handinger.spring.test.simulator")
					.or(resideInAPackage("com.handinger.spring.test"))));

}
