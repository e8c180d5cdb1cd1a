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

package com.handinger.spring.webhook;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.WebhookApplication.Listener;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.util.ContentCachingRequestWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * An application can test its listeners with {@link MockMvc}.
 */
@SpringBootTest(classes = ListeningApplication.class, properties = { "handinger.api-key=hdg_test_5ecretKey",
		"handinger.webhook.tokens=" + WebhookApplication.TOKEN, "spring.main.web-application-type=servlet" })
class WebhookMockMvcTests {

	private static TasksServer handinger;

	private final MockMvc mvc;

	private final MockMvc mvcWithCache;

	private final Listener listener;

	@Autowired
	WebhookMockMvcTests(WebApplicationContext context, Listener listener) {
		Filter webhook = context.getBean("handingerWebhookFilter", FilterRegistrationBean.class).getFilter();
		Filter cache = (request, response, chain) -> chain
			.doFilter(new ContentCachingRequestWrapper((HttpServletRequest) request, 0), response);
		this.mvc = MockMvcBuilders.webAppContextSetup(context).addFilters(webhook).build();
		this.mvcWithCache = MockMvcBuilders.webAppContextSetup(context).addFilters(cache, webhook).build();
		this.listener = listener;
	}

	@BeforeAll
	static void start() {
		handinger = TasksServer.start();
	}

	@AfterAll
	static void stop() {
		handinger.close();
	}

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry registry) {
		registry.add("handinger.base-url", () -> handinger.url());
	}

	private static MockHttpServletRequestBuilder delivery(String path, String token, String taskId) {
		return post(path).header("X-Handinger-Token", token)
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"taskId\":\"" + taskId + "\"}");
	}

	@Test
	void deliveryIsAnsweredAndTheListenerCalled() throws Exception {
		handinger.withTask("tsk_1", 1);
		this.mvc.perform(delivery("/handinger/webhook", WebhookApplication.TOKEN, "tsk_1"))
			.andExpect(status().isNoContent());
		assertThat(this.listener.events("tsk_1")).hasSize(1);
	}

	@Test
	void deliveryIsAnsweredBehindAFilterThatKeepsTheBody() throws Exception {
		handinger.withTask("tsk_2", 1);
		this.mvcWithCache.perform(delivery("/handinger/webhook", WebhookApplication.TOKEN, "tsk_2"))
			.andExpect(status().isNoContent());
		assertThat(this.listener.events("tsk_2")).hasSize(1);
	}

	@Test
	void deliveryIsAnsweredBelowAContextPath() throws Exception {
		handinger.withTask("tsk_3", 1);
		this.mvc.perform(delivery("/app/handinger/webhook", WebhookApplication.TOKEN, "tsk_3").contextPath("/app"))
			.andExpect(status().isNoContent());
		assertThat(this.listener.events("tsk_3")).hasSize(1);
	}

	@Test
	void refusalsAreSeen() throws Exception {
		this.mvc.perform(delivery("/handinger/webhook", "wrong", "tsk_4")).andExpect(status().isUnauthorized());
		this.mvc.perform(delivery("/handinger/webhook", WebhookApplication.TOKEN, "tsk_unknown"))
			.andExpect(status().isNotFound());
		this.mvc.perform(delivery("/handinger/webhook", WebhookApplication.TOKEN, ""))
			.andExpect(status().isBadRequest());
		assertThat(this.listener.events("tsk_4")).isEmpty();
	}

}
