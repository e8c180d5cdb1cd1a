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

package com.handinger.spring;

import java.io.Serializable;
import java.util.List;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shape of the house.
 */
@AnalyzeClasses(packages = "com.handinger.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	/**
	 * What a user or another room can see. To add to it, or to take from it, is a
	 * decision.
	 */
	private static final Set<String> PUBLIC_TYPES = Set.of("autoconfigure.HandingerAutoConfiguration",
			"autoconfigure.HandingerClients", "autoconfigure.HandingerConnectionDetails",
			"autoconfigure.HandingerHealthAutoConfiguration", "autoconfigure.HandingerProperties",
			"autoconfigure.HandingerWebClientCustomizer", "autoconfigure.HandingerWebhookAutoConfiguration",
			"task.Attachment", "task.DefaultHandingerTasksClient", "task.Polling", "task.CreateTask",
			"task.DeleteTaskResponse", "task.TaskWaiters", "task.HandingerTasksClient", "task.Task",
			"task.TaskFailedException", "task.TaskHandle", "task.TaskMeters", "task.TaskObservationContext",
			"task.TaskStatus", "task.TaskTrigger", "task.TaskWithTurns", "task.Turn", "worker.Budget",
			"worker.CancelScheduleResponse", "worker.CreateSchedule", "worker.CreateWorker",
			"worker.DeleteWorkerResponse", "worker.WorkerFile", "worker.HandingerWorkersClient", "worker.ScheduleType",
			"worker.UpdateWorker", "worker.Visibility", "worker.Webhook", "worker.WebhookExecution", "worker.When",
			"worker.Worker", "worker.WorkerSchedule", "worker.WorkerSchedules", "worker.WorkerStatus",
			"worker.WorkerTemplate", "health.HandingerHealthIndicator", "netty.HandingerConnectors",
			"worker.DefaultHandingerWorkersClient", "transport.MisconfigurationException", "transport.ApiCall",
			"http.AuthenticationException", "http.BadRequestException", "transport.BaseUrl", "http.ConflictException",
			"http.ErrorResponse", "http.HandingerApiException", "http.HandingerConnectionException",
			"http.HandingerException", "transport.HandingerTransport", "transport.HttpConnections",
			"transport.ImmutableJson", "http.NotFoundException", "http.OutcomeUnknownException",
			"http.PermissionDeniedException", "http.RateLimitedException", "transport.RawFields",
			"transport.RequestBody", "transport.Backoff", "transport.Redaction", "http.ServerErrorException",
			"transport.SingleFlight", "http.UnexpectedResponseException", "http.UnprocessableContentException",
			"transport.UnprocessedRequestException", "transport.OneTimeCall", "transport.Scheduling",
			"transport.PluggedInCode", "transport.SafeLog", "webhook.TaskFinishedEvent", "webhook.TaskFinishedHandler",
			"webhook.Claims", "webhook.ListenerCalls", "run.DefaultHandingerRuns", "run.RunMeters", "run.RunsSettings",
			"autoconfigure.HandingerRunsAutoConfiguration", "autoconfigure.HandingerRunsJdbcProperties",
			"webhook.DeliveryFilter", "webhook.DeliveryWebFilter", "webhook.StoredClaims", "webhook.WebhookLifecycle",
			"webhook.WebhookMeters", "webhook.WebhookRuntime", "webhook.WebhookSettings", "run.DurableRun",
			"run.HandingerRuns", "run.RunState", "run.TaskRunRefusedEvent", "run.TaskRunUnknownEvent");

	@ArchTest
	static final ArchRule arrowsPointDownwards = layeredArchitecture().consideringOnlyDependenciesInLayers()
		.withOptionalLayers(true)
		.ensureAllClassesAreContainedInArchitecture()
		.layer("autoconfigure")
		.definedBy("com.handinger.spring.autoconfigure..")
		.layer("health")
		.definedBy("com.handinger.spring.health..")
		.layer("run")
		.definedBy("com.handinger.spring.run..")
		.layer("webhook")
		.definedBy("com.handinger.spring.webhook..")
		.layer("task")
		.definedBy("com.handinger.spring.task..")
		.layer("worker")
		.definedBy("com.handinger.spring.worker..")
		.layer("netty")
		.definedBy("com.handinger.spring.netty..")
		.layer("transport")
		.definedBy("com.handinger.spring.transport..")
		.layer("http")
		.definedBy("com.handinger.spring.http..")
		.whereLayer("autoconfigure")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("health")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("run")
		.mayOnlyBeAccessedByLayers("autoconfigure", "health")
		.whereLayer("webhook")
		.mayOnlyBeAccessedByLayers("autoconfigure", "health", "run")
		.whereLayer("task")
		.mayOnlyBeAccessedByLayers("autoconfigure", "health", "run", "webhook")
		.whereLayer("worker")
		.mayOnlyBeAccessedByLayers("autoconfigure", "health", "run", "webhook", "task")
		.whereLayer("netty")
		.mayOnlyBeAccessedByLayers("autoconfigure")
		.whereLayer("transport")
		.mayOnlyBeAccessedByLayers("autoconfigure", "health", "run", "webhook", "task", "worker", "netty");

	@ArchTest
	static final ArchRule thereAreNoCircles = slices().matching("com.handinger.spring.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule packagesAreNullMarked = classes().should(new ArchCondition<>("be in a @NullMarked package") {

		@Override
		public void check(JavaClass type, ConditionEvents events) {
			boolean marked = type.getPackage()
				.tryGetPackageInfo()
				.filter((info) -> info.isAnnotatedWith(NullMarked.class))
				.isPresent();
			events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " is null-marked: " + marked));
		}

	});

	@ArchTest
	static void publicTypesAreADecision(JavaClasses main) {
		assertThat(main.stream()
			.filter((type) -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
			.map((type) -> type.getName().substring("com.handinger.spring.".length())))
			.containsExactlyInAnyOrderElementsOf(PUBLIC_TYPES);
	}

	/**
	 * Method references count as well. A visit of a durable run has a thread of the
	 * scheduler, and may block it.
	 */
	@ArchTest
	static final ArchRule nothingBlocks = noClasses().that()
		.doNotHaveFullyQualifiedName("com.handinger.spring.run.RunVisits")
		.should()
		.accessTargetWhere(target("blocks", "reactor\\..*|java\\.lang\\.Thread|java\\.util\\.concurrent\\..*",
				"block|blockFirst|blockLast|blockOptional|toStream|toIterable|sleep|join"));

	@ArchTest
	static final ArchRule nothingIsPrinted = noClasses().should()
		.accessTargetWhere(target("prints", "java\\.lang\\.System", "out|err"))
		.orShould()
		.accessTargetWhere(target("prints", ".*", "printStackTrace"));

	@ArchTest
	static final ArchRule namesAreOfTheField = noClasses().should()
		.haveNameMatching(".*(Utils|Helper|Manager|Impl)(\\$.*)?");

	@ArchTest
	static final ArchRule jacksonIsTheThird = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..");

	@ArchTest
	static final ArchRule schemasAreDerivedInOnePlace = noClasses().that()
		.doNotHaveSimpleName("DerivedSchema")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.github.victools..", "com.fasterxml.classmate..");

	@ArchTest
	static final ArchRule dependenciesComeThroughConstructors = noFields().should()
		.beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
		.orShould()
		.beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
		.orShould()
		.beAnnotatedWith("jakarta.inject.Inject")
		.orShould()
		.beAnnotatedWith("jakarta.annotation.Resource");

	/**
	 * Two that are not keep the state of a request: one under a lock, the other within
	 * one subscription. The third is bound by its setter, as the type that it extends.
	 */
	@ArchTest
	static final ArchRule fieldsAreFinal = fields().that()
		.areDeclaredInClassesThat(DescribedPredicate
			.not(nameMatching("com\\.handinger\\.spring\\.(transport\\.(SingleFlight(\\$Flight)?|ResponseReader\\$Body)"
					+ "|autoconfigure\\.HandingerRunsJdbcProperties)")))
		.should(new ArchCondition<>("be final or volatile") {

			@Override
			public void check(JavaField field, ConditionEvents events) {
				boolean fixed = field.getModifiers().contains(JavaModifier.FINAL)
						|| field.getModifiers().contains(JavaModifier.VOLATILE);
				events.add(new SimpleConditionEvent(field, fixed, field.getFullName() + " is fixed: " + fixed));
			}

		});

	@ArchTest
	static final ArchRule exceptionsKeepTheirStateWhenTheyAreSerialized = fields().that()
		.areDeclaredInClassesThat()
		.areAssignableTo(Throwable.class)
		.should()
		.notHaveModifier(JavaModifier.TRANSIENT)
		.andShould(new ArchCondition<>("be serializable") {

			@Override
			public void check(JavaField field, ConditionEvents events) {
				// The lists of the JDK are serializable, although List does not say so.
				boolean serializable = field.getRawType().isPrimitive() || field.getRawType().isEquivalentTo(List.class)
						|| field.getRawType().isAssignableTo(Serializable.class);
				events.add(new SimpleConditionEvent(field, serializable,
						field.getFullName() + " is serializable: " + serializable));
			}

		});

	private static DescribedPredicate<JavaAccess<?>> target(String description, String owner, String name) {
		return DescribedPredicate.describe(description, (access) -> access.getTargetOwner().getName().matches(owner)
				&& access.getTarget().getName().matches(name));
	}

}
