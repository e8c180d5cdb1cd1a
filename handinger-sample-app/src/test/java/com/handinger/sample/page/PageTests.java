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

package com.handinger.sample.page;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.handinger.sample.SampleApplication;
import com.handinger.sample.simulator.KillableProcess;
import com.handinger.spring.test.HandingerSimulator;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.TestSocketUtils;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Uses the page in a browser, with tasks that run in the simulator.
 */
@Tag("browser")
class PageTests {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private static final int PORT = TestSocketUtils.findAvailableTcpPort();

	private static final String URL = "http://localhost:" + PORT + "/";

	private static final String NO_CHROMIUM = "No Chromium was found, so the tests of the page are skipped: "
			+ "install Chromium, or set the environment variable CHROMIUM to its executable";

	private static final double TIMEOUT = 120_000;

	private static final Log logger = LogFactory.getLog(PageTests.class);

	private static @Nullable Chromium chromium;

	private static ConfigurableApplicationContext sample;

	private BrowserContext context;

	private Page page;

	private String journey = "";

	@BeforeAll
	static void start() {
		chromium = Chromium.start();
		if (chromium != null) {
			sample = startSample();
		}
		else {
			logger.warn(NO_CHROMIUM);
		}
	}

	private static ConfigurableApplicationContext startSample() {
		return SpringApplication.run(SampleApplication.class, "--handinger.api-key=", "--simulator.port=0",
				"--server.port=" + PORT, "--handinger.webhook.reconciliation.interval=1s");
	}

	@AfterAll
	static void stop() {
		if (sample != null) {
			sample.close();
		}
		if (chromium != null) {
			chromium.close();
		}
	}

	@BeforeEach
	void open(TestInfo test) {
		Assumptions.assumeTrue(chromium != null, NO_CHROMIUM);
		this.journey = test.getDisplayName().replaceAll("\\W+", "-").replaceAll("^-|-$", "");
		open(new Browser.NewContextOptions());
	}

	private void open(Browser.NewContextOptions options) {
		close();
		this.context = Objects.requireNonNull(chromium).browser().newContext(options);
		this.page = this.context.newPage();
		this.page.setDefaultTimeout(TIMEOUT);
		this.page.navigate(URL);
		assertThat(this.page.locator("#health")).hasText("UP (simulator)");
	}

	@AfterEach
	void close() {
		if (this.context != null) {
			this.context.close();
		}
	}

	private void screenshot(String state) {
		this.page
			.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(this.journey + "-" + state + ".png"))
				.setFullPage(true));
	}

	private Locator button(String name) {
		return this.page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
	}

	private Locator textbox(String name) {
		return this.page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName(name));
	}

	private void startTask(String input) {
		textbox("What do you want done?").fill(input);
		button("Start task").click();
	}

	private Locator state() {
		return this.page.locator("#detail-state");
	}

	private Locator totals() {
		return this.page.locator("#detail-totals");
	}

	private void awaitState(String state) {
		assertThat(state()).hasText(state, new LocatorAssertions.HasTextOptions().setTimeout(TIMEOUT));
	}

	private void awaitTotals(String text) {
		assertThat(totals()).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(TIMEOUT));
	}

	@Test
	void taskIsShownAtOnceAndUpdatedUntilItHasFinished() {
		startTask("Say hello [delay=2s]");
		assertThat(this.page.locator("#tasks .title").first()).hasText("Say hello [delay=2s]");
		assertThat(this.page.locator("#detail-progress")).isVisible();
		awaitState("Running");
		assertThat(this.page.locator("#detail-time")).hasText(Pattern.compile("\\d+ s"));
		screenshot("running");
		awaitState("Completed");
		assertThat(this.page.locator("#detail-progress")).isHidden();
		assertThat(this.page.locator("#turns .answer")).containsText("Hello!");
		awaitTotals("Credits");
		assertThat(totals()).containsText("Tokens");
		assertThat(totals()).containsText("Duration");
		screenshot("completed");
	}

	@Test
	void selectedBudgetIsSent() {
		this.page.getByLabel("unlimited").check();
		startTask("Spend");
		awaitState("Completed");
		awaitTotals("Credits");
		String credits = String.valueOf(this.page.locator("#detail-totals dd").first().textContent());
		open(new Browser.NewContextOptions());
		this.page.getByLabel("low", new Page.GetByLabelOptions().setExact(true)).check();
		startTask("Save");
		awaitState("Completed");
		awaitTotals("Credits");
		assertThat(this.page.locator("#detail-totals dd").first()).not().hasText(credits);
	}

	@Test
	void reportIsRenderedAndItsScriptsDoNotRun() throws IOException {
		button("Ask for a report").click();
		awaitState("Completed");
		Locator turns = this.page.locator("#turns");
		assertThat(turns.locator(".answer h2")).hasText("Hotels in Barcelona");
		assertThat(turns.locator(".answer table td").first()).hasText("Sol");
		assertThat(
				turns.getByRole(AriaRole.COLUMNHEADER, new Locator.GetByRoleOptions().setName("price").setExact(true)))
			.isVisible();
		assertThat(turns.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Hotels in Barcelona")))
			.hasAttribute("href", "https://example.com/hotels");
		assertThat(turns.locator(".output li").first()).hasText("Book early");
		assertThat(turns.locator(".output li").nth(1)).hasText("nights2");
		assertThat(turns.locator("script, img, [onerror], a[href^='javascript']")).hasCount(0);
		assertThat(turns).containsText("This is no part of the page.");
		assertThat(turns.locator("[id], [style], .primary, [role=alert]")).hasCount(0);
		assertThat(this.page.evaluate("() => window.attacked === undefined")).isEqualTo(true);
		Download download = this.page.waitForDownload(
				() -> turns.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("prices.csv")).click());
		assertThat(Files.readString(download.path())).startsWith("hotel,night,price");
		screenshot("completed");
	}

	@Test
	void followUpAddsATurn() {
		startTask("What is the weather?");
		awaitState("Completed");
		textbox("Ask a follow-up").fill("And tomorrow?");
		button("Add turn").click();
		assertThat(this.page.locator("#turns .asked").first()).hasText("What is the weather?");
		assertThat(textbox("Ask a follow-up")).isFocused();
		assertThat(this.page.locator("#turns .asked").nth(1)).hasText("And tomorrow?");
		assertThat(this.page.locator("#turns .answer").nth(1)).isVisible();
		assertThat(this.page.locator("#tasks li").filter(new Locator.FilterOptions().setHasText("And tomorrow?")))
			.hasCount(1);
		screenshot("two-turns");
	}

	@Test
	void focusStaysInTheAnswerWhenTheTaskIsUpdated() {
		startTask("Say hello [webhook=late:2s]");
		awaitState("Completed");
		awaitTotals("HTTP response");
		Locator answer = this.page.locator("#turns .answer");
		answer.focus();
		awaitTotals("webhook");
		assertThat(answer).isFocused();
	}

	@Test
	void answerThatCannotBeShownIsExplainedAndCanBeReloaded() {
		this.page.route("**/tasks/tsk_*",
				(route) -> route.fulfill(new Route.FulfillOptions().setStatus(503)
					.setContentType("application/problem+json")
					.setBody("{\"detail\": \"Handinger is away\"}")));
		startTask("Say hello");
		Locator problem = this.page.locator("#detail-problem");
		assertThat(problem).containsText("Can't show the answer. Handinger is away.");
		awaitState("Completed");
		screenshot("problem");
		this.page.unroute("**/tasks/tsk_*");
		button("Reload").click();
		assertThat(this.page.locator("#turns .answer")).containsText("Hello!");
		assertThat(problem).isHidden();
	}

	@Test
	void finishedTaskIsAnnounced() {
		startTask("Say hello [delay=1s]");
		assertThat(this.page.locator("#announcement")).hasText("Say hello [delay=1s]: Completed");
	}

	@Test
	void blankInputIsNotSent() {
		startTask("  ");
		assertThat(this.page.locator("#tasks li").filter(new Locator.FilterOptions().setHasText("Sending")))
			.hasCount(0);
		assertThat(textbox("What do you want done?")).hasValue("  ");
	}

	@Test
	void filesAreAttached() {
		this.page.getByLabel("Add files")
			.setInputFiles(
					new FilePayload[] { file("a.txt", "first"), file("b.txt", "second"), file("c.txt", "third") });
		this.page.evaluate(
				"""
						() => {
							const transfer = new DataTransfer();
							transfer.items.add(new File(['fourth'], 'd.txt', { type: 'text/plain' }));
							document.querySelector('h1').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true, bubbles: true }));
						}""");
		button("Remove b.txt").click();
		assertThat(this.page.locator("#file-list li span")).hasText(new String[] { "a.txt", "c.txt", "d.txt" });
		screenshot("chosen");
		startTask("Read these");
		awaitState("Completed");
		assertThat(this.page.locator("#file-list li")).hasCount(0);
		assertThat(this.page.locator("#turns .asked")).hasText("Read these");
	}

	private static FilePayload file(String name, String content) {
		return new FilePayload(name, "text/plain", content.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void droppedConnectionLosesNothing() {
		button("Drop the connection").click();
		awaitState("Running");
		screenshot("running");
		awaitState("Completed");
		awaitTotals("polling");
		screenshot("completed");
	}

	@Test
	void lostWebhookIsRecovered() {
		button("Lose the webhook").click();
		awaitState("Completed");
		awaitTotals("reconciliation");
		assertThat(totals()).not().containsText("webhook");
		screenshot("completed");
	}

	@Test
	void failureIsExplainedAndCanBeFollowedUp() {
		button("Fail the task").click();
		awaitState("Failed");
		assertThat(this.page.locator("#detail-error")).containsText("ended with the status error");
		screenshot("failed");
		textbox("Ask a follow-up").fill("Try once more");
		button("Add turn").click();
		awaitState("Completed");
		assertThat(this.page.locator("#detail-error")).isHidden();
	}

	@Test
	void thousandConcurrentTasksAllComplete() {
		button("A thousand at once").click();
		assertThat(this.page.locator("#running")).hasText(Pattern.compile("\\d{2,4}"),
				new LocatorAssertions.HasTextOptions().setTimeout(TIMEOUT));
		screenshot("running");
		assertThat(this.page.locator("#running")).hasText("0",
				new LocatorAssertions.HasTextOptions().setTimeout(2 * TIMEOUT));
		assertThat(this.page.locator("#more-tasks")).isVisible();
		assertThat(this.page.locator("#tasks [data-state=completed]")).hasCount(50);
		assertThat(this.page.locator("#tasks [data-state=failed]")).hasCount(0);
		screenshot("completed");
		String more = this.page.locator("#more-tasks").textContent();
		this.page.reload();
		assertThat(this.page.locator("#more-tasks")).hasText(more);
	}

	@Test
	void deliveriesAreShownAsTheyArriveAndRefusedOnesWithoutTheirContent() throws Exception {
		HttpResponse<Void> refused = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(URL + "handinger/webhook"))
				.header("X-Handinger-Token", "whk_wrong")
				.POST(HttpRequest.BodyPublishers.ofString("{\"taskId\": \"tsk_forged\"}"))
				.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(refused.statusCode()).isEqualTo(401);
		Locator deliveries = this.page.locator("#deliveries");
		assertThat(deliveries).containsText("refused without a valid token");
		startTask("Say hello");
		awaitState("Completed");
		assertThat(deliveries.locator("li").first()).containsText(Pattern.compile("accepted tsk_"));
		assertThat(deliveries).not().containsText("tsk_forged");
		assertThat(deliveries).not().containsText("whk_wrong");
		screenshot("deliveries");
	}

	@Test
	void invalidInputIsExplainedAndCanBeRetried() {
		startTask("Say hello [delay=soon]");
		Locator problem = this.page.getByRole(AriaRole.ALERT);
		assertThat(problem).containsText("[delay=500ms]");
		assertThat(this.page.locator("#tasks li").filter(new Locator.FilterOptions().setHasText("delay=soon")))
			.hasCount(0);
		screenshot("problem");
		assertThat(textbox("What do you want done?")).hasValue("Say hello [delay=soon]");
		button("Try again").click();
		assertThat(problem).containsText("[delay=500ms]");
		button("Close").click();
		assertThat(problem).isHidden();
		assertThat(textbox("What do you want done?")).isFocused();
		startTask("Say hello [delay=10ms]");
		awaitState("Completed");
	}

	@Test
	void everythingWorksWithTheKeyboard() {
		this.page.keyboard().press("Tab");
		assertThat(this.page.getByText("Skip to the task")).isFocused();
		this.page.keyboard().press("Enter");
		textbox("What do you want done?").focus();
		this.page.keyboard().type("Typed with keys");
		this.page.keyboard().press("Control+Enter");
		awaitState("Completed");
		Locator row = this.page.locator("#tasks button").first();
		for (int i = 0; i < 20 && !Boolean.TRUE.equals(row.evaluate("(row) => row === document.activeElement")); i++) {
			this.page.keyboard().press("Tab");
		}
		assertThat(row).isFocused();
		screenshot("focus");
		this.page.keyboard().press("Enter");
		assertThat(this.page.locator("#detail-title")).isFocused();
		assertThat(row).hasAttribute("aria-current", "true");
		for (int i = 0; i < 20 && !Boolean.TRUE
			.equals(this.page.evaluate("() => document.activeElement.id === 'follow-up-input'")); i++) {
			this.page.keyboard().press("Tab");
		}
		this.page.keyboard().type("Once more");
		this.page.keyboard().press("Control+Enter");
		assertThat(this.page.locator("#turns .answer").nth(1)).isVisible();
	}

	@ParameterizedTest
	@EnumSource
	void pageIsAccessibleAndFits(Device device) {
		open(device.options());
		checkPage("empty");
		button("Ask for a report").click();
		awaitState("Completed");
		assertThat(this.page.locator("#turns table").first()).isVisible();
		checkPage("report");
		button("Fail the task").click();
		awaitState("Failed");
		assertThat(this.page.locator("#turns .answer")).isVisible();
		checkPage("failed");
		startTask("[delay=x]");
		assertThat(this.page.getByRole(AriaRole.ALERT)).isVisible();
		checkPage("problem");
		startTask("Wait [delay=10s]");
		awaitState("Running");
		checkPage("running");
	}

	private void checkPage(String state) {
		screenshot(state);
		assertThat(new AxeBuilder(this.page).analyze().getViolations()).as(state).isEmpty();
		assertThat(this.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")).as(state)
			.isEqualTo(true);
	}

	@Test
	void darkModeIsDark() {
		open(Device.DARK.options());
		assertThat(this.page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
			.isEqualTo("rgb(18, 22, 20)");
	}

	@Test
	void pageReconnectsAfterTheSampleWasRestarted() {
		sample.close();
		assertThat(this.page.locator("#connection")).isVisible();
		startTask("Say hello");
		assertThat(this.page.getByRole(AriaRole.ALERT)).containsText("Can't reach the sample");
		screenshot("lost");
		sample = startSample();
		assertThat(this.page.locator("#connection"))
			.isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(TIMEOUT));
		button("Try again").click();
		awaitState("Completed");
	}

	@Test
	void taskOfAKilledSampleIsShownAndCompletesAfterARestart(@TempDir Path directory) throws IOException {
		int port = TestSocketUtils.findAvailableTcpPort();
		try (HandingerSimulator handinger = HandingerSimulator.start()) {
			handinger.hold();
			try (KillableProcess killed = startDurableSample(directory, port, handinger)) {
				this.page.navigate("http://localhost:" + killed.port());
				startTask("Say hello");
				awaitState("Running");
				handinger.awaitTasks(1);
			}
			assertThat(this.page.locator("#connection")).isVisible();
			try (KillableProcess restarted = startDurableSample(directory, port, handinger)) {
				assertThat(restarted.port()).isEqualTo(port);
				assertThat(this.page.locator("#connection"))
					.isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(TIMEOUT));
				awaitState("Running");
				screenshot("running");
				handinger.finish(handinger.tasks().get(0).id());
				awaitState("Completed");
				awaitTotals("durable run");
				assertThat(this.page.locator("#turns .answer")).containsText("Hello!");
				screenshot("completed");
			}
			assertThat(handinger.state().posts()).isOne();
		}
	}

	private static KillableProcess startDurableSample(Path directory, int port, HandingerSimulator handinger)
			throws IOException {
		KillableProcess process = KillableProcess.start(directory, SampleApplication.class,
				List.of("--spring.profiles.active=durable", "--server.port=" + port,
						"--handinger.api-key=" + HandingerSimulator.API_KEY, "--handinger.base-url=" + handinger.url(),
						"--spring.datasource.url=jdbc:h2:file:" + directory.resolve("sample") + ";WRITE_DELAY=0"));
		await().atMost(Duration.ofMinutes(2)).until(() -> process.port() == port);
		return process;
	}

	@Test
	void nothingIsLoadedFromOtherHosts() {
		List<String> requests = new CopyOnWriteArrayList<>();
		this.page.onRequest((request) -> requests.add(request.url()));
		this.page.reload();
		button("Ask for a report").click();
		awaitState("Completed");
		assertThat(requests).isNotEmpty().allSatisfy((url) -> assertThat(url).startsWith(URL));
	}

	/**
	 * A device that shows the page.
	 */
	enum Device {

		/**
		 * A screen on a desk.
		 */
		LIGHT,

		/**
		 * A screen on a desk at night.
		 */
		DARK,

		/**
		 * A phone.
		 */
		PHONE,

		/**
		 * A phone at night.
		 */
		DARK_PHONE;

		private Browser.NewContextOptions options() {
			Browser.NewContextOptions options = new Browser.NewContextOptions()
				.setColorScheme(name().contains("DARK") ? ColorScheme.DARK : ColorScheme.LIGHT);
			return name().contains("PHONE") ? options.setViewportSize(375, 667) : options.setViewportSize(1280, 800);
		}

	}

}
