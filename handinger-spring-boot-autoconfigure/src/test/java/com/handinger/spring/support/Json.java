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

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import tools.jackson.databind.json.JsonMapper;

/**
 * Answers of the API.
 */
public final class Json {

	/**
	 * A worker as the newest version of the API sends it.
	 */
	public static final String WORKER = """
			{"id":"wrk_1","created_at":1753000000,"error":null,"files":[],"incomplete_details":null,"messages":[],
			"metadata":{},"object":"worker","output":[],"output_text":"Sunny.","running":false,"sources":[],
			"status":"completed","structured_output":null,"url":"https://handinger.com/w/wrk_1",
			"usage":{"credits":2,"durationMs":4200}}""";

	/**
	 * A turn of {@link #TASK}.
	 */
	public static final String TURN = """
			{"id":"trn_1","completedAt":"2026-07-01T10:00:04.2Z","credits":2,"durationMs":4200,"input":"The weather?",
			"inputTokens":12,"outputText":"Sunny.","outputTokens":3,"role":"assistant","seq":1,
			"startedAt":"2026-07-01T10:00:00Z","status":"completed","taskId":"tsk_1"}""";

	/**
	 * A task at its end.
	 */
	public static final String TASK = """
			{"id":"tsk_1","completedAt":"2026-07-01T10:00:04.2Z","createdAt":"2026-07-01T10:00:00Z",
			"createdByUserId":null,"organizationId":"org_1","status":"completed","title":"Weather",
			"totals":{"credits":2,"durationMs":4200,"turnCount":1},"triggeredBy":"api",
			"url":"https://handinger.com/t/tsk_1","workerId":"wrk_1"}""";

	/**
	 * A task with its turns.
	 */
	public static final String TASK_WITH_TURNS = "{\"task\":" + TASK + ",\"turns\":[" + TURN + "]}";

	/**
	 * What a worker is told.
	 */
	public static final String WORKER_TEMPLATE = """
			{"id":"wrk_1","createdAt":"2026-07-01T10:00:00Z","instructions":"Be brief.","organizationId":"org_1",
			"outputSchema":{"type":"object"},"summary":"Writes","title":"Writer","updatedAt":null,
			"url":"https://handinger.com/w/wrk_1","userId":"usr_1","visibility":"private"}""";

	/**
	 * A schedule of a worker.
	 */
	public static final String WORKER_SCHEDULE = """
			{"id":"sch_1","budget":"standard","input":"The news?","nextRunAt":"2026-07-01T09:00:00Z","type":"cron",
			"cron":"0 9 * * 1-5"}""";

	/**
	 * The webhook of a worker.
	 */
	public static final String WEBHOOK = """
			{"token":"whk_5ecret","url":"https://example.com/hook"}""";

	private Json() {
	}

	/**
	 * Return a value as JSON.
	 */
	public static String write(Object value) {
		return JsonMapper.shared().writeValueAsString(value);
	}

	/**
	 * Read a value from JSON.
	 */
	public static <T> T read(String json, Class<T> type) {
		return JsonMapper.shared().readValue(json, type);
	}

	/**
	 * Return a page of attempts to deliver to a webhook.
	 */
	public static String webhookExecutions(int page, int pageCount, String... ids) {
		return Stream.of(ids)
			.map((id) -> "{\"id\":\"" + id
					+ "\",\"createdAt\":\"2026-07-01T10:00:00Z\",\"durationMs\":120,\"requestStatus\":\"success\","
					+ "\"responseStatus\":204,\"taskId\":\"tsk_1\",\"url\":\"https://example.com/hook\","
					+ "\"workerId\":\"wrk_1\"}")
			.collect(Collectors.joining(",", "{\"logs\":[",
					"],\"page\":" + page + ",\"pageCount\":" + pageCount + ",\"totalCount\":" + ids.length + "}"));
	}

	/**
	 * Return a task with turns.
	 */
	public static String task(String id, String status, int turns) {
		boolean ended = !status.equals("running") && !status.equals("pending");
		return "{\"task\":"
				+ TASK.replace("tsk_1", id)
					.replace("\"completed\"", "\"" + status + "\"")
					.replace("\"turnCount\":1", "\"turnCount\":" + turns)
					.replace("\"2026-07-01T10:00:04.2Z\"", ended ? "\"2026-07-01T10:00:04.2Z\"" : "null")
				+ ",\"turns\":["
				+ IntStream.rangeClosed(1, turns)
					.mapToObj((number) -> TURN.replace("tsk_1", id)
						.replace("trn_1", "trn_" + number)
						.replace("\"seq\":1", "\"seq\":" + number))
					.collect(Collectors.joining(","))
				+ "]}";
	}

	/**
	 * Return an error as the API sends it.
	 */
	public static String error(String sentence) {
		return "{\"error\":\"" + sentence + "\"}";
	}

}
