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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.netty.HandingerConnectors;
import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.RequestBody;
import com.handinger.spring.run.RunsSettings;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.Polling;
import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.webhook.WebhookSettings;
import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.CreateSchedule;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.ScheduleType;
import com.handinger.spring.worker.UpdateWorker;
import com.handinger.spring.worker.Visibility;
import com.handinger.spring.worker.Webhook;
import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.When;
import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerSchedule;
import com.handinger.spring.worker.WorkerSchedules;
import com.handinger.spring.worker.WorkerStatus;
import com.handinger.spring.worker.WorkerTemplate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a task is about, and what gives access, does not get into a log by
 * {@code toString()}.
 */
class ToStringTests {

	private static final String SECRET = "geheim";

	private static final Map<String, Object> SECRETS = Map.of(SECRET, SECRET);

	private static final byte[] BYTES = SECRET.getBytes(StandardCharsets.UTF_8);

	private static final Worker.Content CONTENT = new Worker.Content(SECRET, "output_text");

	private static final Worker.Output OUTPUT = new Worker.Output("msg_1", List.of(CONTENT), "assistant", "completed",
			"message");

	private static final Worker.Source SOURCE = new Worker.Source("src_1", SECRET, "url",
			"https://example.com/" + SECRET);

	private static final Worker WORKER = new Worker("wrk_1", Instant.EPOCH, SECRETS, List.of(), SECRETS,
			List.of(SECRETS), SECRETS, "worker", List.of(OUTPUT), SECRET, true, List.of(SOURCE), WorkerStatus.COMPLETED,
			SECRETS, "https://handinger.com/w/wrk_1", new Worker.Usage(2L, 4200L));

	private static final Turn TURN = new Turn("trn_1", Instant.EPOCH, 2, 4200, List.of(), SECRET, 12, SECRET, 3,
			"assistant", 1, Instant.EPOCH, "completed", SECRETS, "tsk_1");

	private static final Task TASK = new Task("tsk_1", Instant.EPOCH, Instant.EPOCH, "usr_1", "org_1",
			TaskStatus.COMPLETED, SECRET, new Task.Totals(2, 4200, 1), TaskTrigger.API, "https://handinger.com/t/tsk_1",
			"wrk_1");

	private static final TaskWithTurns TASK_WITH_TURNS = new TaskWithTurns(TASK, List.of(TURN));

	private static final Attachment RESOURCE = Attachment.of("a.txt", new ByteArrayResource(BYTES, SECRET));

	private static final Attachment PUBLISHER = Attachment.of("a.txt",
			Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(BYTES)));

	private static final CreateTask CREATE_TASK = new CreateTask(SECRET, Budget.LOW, "tsk_1", "wrk_1",
			List.of(RESOURCE, PUBLISHER));

	private static final ApiCall<Worker> CALL = ApiCall
		.post(Worker.class, RequestBody.json(() -> Map.of("input", SECRET)), "/api/tasks")
		.redacting(SECRET);

	private static final HandingerConnectors.Proxy PROXY = new HandingerConnectors.Proxy("proxy.example", 8080, "user",
			SECRET);

	private static final HandingerProperties PROPERTIES = new HandingerProperties(SECRET, "https://handinger.com",
			Duration.ofSeconds(10), Duration.ofSeconds(60), null, false, null, null, DataSize.ofMegabytes(16),
			new HandingerProperties.Ssl(null), PROXY, new Backoff(3, Duration.ofMillis(500), Duration.ofSeconds(8)),
			new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60)),
			new WebhookSettings(true, "/handinger/webhook", List.of(SECRET), DataSize.ofMegabytes(1),
					Duration.ofSeconds(10), 0, new WebhookSettings.Registration(null, List.of(), false),
					new WebhookSettings.Reconciliation(null, Duration.ofMinutes(1), Duration.ofHours(24))),
			new HandingerProperties.Health(Duration.ofSeconds(30)),
			new RunsSettings(true, Duration.ofMinutes(1), Duration.ofDays(7), 10, Duration.ofSeconds(5)));

	private static final CreateWorker CREATE_WORKER = new CreateWorker(SECRET, SECRETS, SECRET, SECRET, SECRET,
			Visibility.PUBLIC);

	private static final UpdateWorker UPDATE_WORKER = new UpdateWorker(SECRET, SECRETS, false, SECRET, SECRET,
			Visibility.PRIVATE);

	private static final WorkerTemplate WORKER_TEMPLATE = new WorkerTemplate("wrk_1", null, SECRET, "org_1", SECRETS,
			SECRET, SECRET, null, "https://handinger.com/w/wrk_1", "usr_1", Visibility.PUBLIC);

	private static final CreateSchedule CREATE_SCHEDULE = CreateSchedule.of(SECRET, When.cron("0 9 * * 1-5"));

	private static final WorkerSchedules SCHEDULES = new WorkerSchedules(List.of(new WorkerSchedule("sch_1", Budget.LOW,
			SECRET, Instant.EPOCH, ScheduleType.CRON, null, "0 9 * * 1-5", null)), null, "wrk_1");

	private static final Webhook WEBHOOK = new Webhook(SECRET, "https://example.com/hook?key=" + SECRET);

	private static final WebhookExecution EXECUTION = new WebhookExecution("whx_1", Instant.EPOCH, 120, SECRET,
			WebhookExecution.RequestStatus.ERROR, 404, "tsk_1", SECRET, "https://example.com/hook?key=" + SECRET,
			"wrk_1");

	static final List<Object> HOLDERS = List.of(CONTENT, OUTPUT, SOURCE, WORKER, TURN, TASK, TASK_WITH_TURNS, RESOURCE,
			PUBLISHER, CREATE_TASK, CALL, RequestBody.json(() -> SECRETS), PROXY, PROPERTIES, PROPERTIES.webhook(),
			CREATE_WORKER, UPDATE_WORKER, WORKER_TEMPLATE, CREATE_SCHEDULE, SCHEDULES, WEBHOOK, EXECUTION);

	@ParameterizedTest
	@FieldSource("HOLDERS")
	void secretIsNotShown(Object holder) {
		assertThat(holder.toString()).doesNotContain(SECRET);
	}

	static Stream<Object[]> identified() {
		return Stream.of(new Object[] { WORKER, "wrk_1" }, new Object[] { OUTPUT, "msg_1" },
				new Object[] { SOURCE, "src_1" }, new Object[] { TASK, "tsk_1" }, new Object[] { TURN, "trn_1" },
				new Object[] { TASK_WITH_TURNS, "trn_1" }, new Object[] { CREATE_TASK, "tsk_1" },
				new Object[] { RESOURCE, "a.txt" }, new Object[] { CALL, "POST /api/tasks" },
				new Object[] { PROXY, "proxy.example" }, new Object[] { PROPERTIES, "apiKey=******" },
				new Object[] { CREATE_WORKER, "PUBLIC" }, new Object[] { UPDATE_WORKER, "PRIVATE" },
				new Object[] { WORKER_TEMPLATE, "wrk_1" }, new Object[] { CREATE_SCHEDULE, "0 9 * * 1-5" },
				new Object[] { SCHEDULES, "sch_1" }, new Object[] { WEBHOOK, "https://example.com/hook" },
				new Object[] { EXECUTION, "whx_1" });
	}

	@ParameterizedTest
	@MethodSource("identified")
	void whatItIsAboutIsShown(Object holder, String identification) {
		assertThat(holder.toString()).contains(identification);
	}

}
