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

package com.handinger.spring.test.simulator;

import java.time.Duration;

import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * A simulator of the Handinger API, which listens on its own port and shares no thread
 * with the rest of the application.
 * <p>
 * The simulator is started when it is created, and loses its state when it is closed.
 */
public final class Simulator implements AutoCloseable {

	/**
	 * An API key for the simulator, which accepts every key except
	 * {@code hdg_test_revoked}.
	 */
	public static final String API_KEY = "hdg_test_simulator";

	private static final int BACKLOG = 16_384;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final LoopResources loops = LoopResources.create("simulator", LoopResources.DEFAULT_IO_WORKER_COUNT, true);

	private final Scheduler clock = Schedulers.newSingle("simulator-clock", true);

	private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final Deliveries deliveries = new Deliveries(this.clock, this.loops);

	private final SimulatedWorkers workers = new SimulatedWorkers();

	private final DisposableServer server;

	private Simulator(int port, ApiVersion apiVersion) {
		SimulatedTasks tasks = new SimulatedTasks(apiVersion, this.clock, this.workers, this.deliveries::add);
		try {
			this.server = HttpServer.create()
				.port(port)
				.runOn(this.loops)
				.option(ChannelOption.SO_BACKLOG, BACKLOG)
				.doOnConnection((connection) -> this.connections.add(connection.channel()))
				.handle(new SimulatorHttp(tasks, this.workers, this.deliveries))
				.bindNow();
		}
		catch (ChannelBindException ex) {
			release();
			throw new SimulatorStartException(port, reason(ex), ex);
		}
	}

	/**
	 * Start a simulator.
	 * @param port the port to listen on, or 0 for a random free port
	 * @return the simulator
	 */
	public static Simulator start(int port) {
		return start(port, ApiVersion.V2026_07);
	}

	/**
	 * Start a simulator of a version of the API.
	 * @param port the port to listen on, or 0 for a random free port
	 * @param apiVersion the version
	 * @return the simulator
	 */
	public static Simulator start(int port, ApiVersion apiVersion) {
		return new Simulator(port, apiVersion);
	}

	private static String reason(ChannelBindException ex) {
		String reason = (ex.getCause() != null) ? String.valueOf(ex.getCause().getMessage()) : "";
		return (reason.isEmpty() || reason.contains("in use")) ? "it is already in use" : reason;
	}

	/**
	 * Return the port that the simulator listens on.
	 * @return the port
	 */
	public int port() {
		return this.server.port();
	}

	/**
	 * Return the URL of the simulator, which is the base URL of the API.
	 * @return the URL
	 */
	public String url() {
		return "http://localhost:" + port();
	}

	/**
	 * Add a worker, unless it exists.
	 * @param id the id of the worker
	 */
	public void addWorker(String id) {
		this.workers.shapeOrCreate(id);
	}

	@Override
	public void close() {
		this.server.disposeNow(CLOSE_TIMEOUT);
		this.connections.close();
		release();
	}

	private void release() {
		this.deliveries.dispose();
		this.clock.dispose();
		this.loops.dispose();
	}

}
