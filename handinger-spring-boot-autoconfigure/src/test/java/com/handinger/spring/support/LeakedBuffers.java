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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a class of tests after which Netty's leak detector has found a buffer that nobody
 * has released, in this class or in one before.
 */
public final class LeakedBuffers implements BeforeAllCallback, AfterAllCallback {

	private static final List<String> FOUND = new CopyOnWriteArrayList<>();

	private static final int ENOUGH_TO_REPORT = 8;

	static {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
		ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {

			@Override
			@SuppressWarnings("deprecation")
			public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
					long maxActive) {
				return new RecordingDetector<>(resource, samplingInterval);
			}

		});
	}

	/**
	 * Return the leaks since the last time, for a test that expects some. The detector
	 * reports what the garbage collector has found when it tracks another buffer.
	 */
	public static List<String> take() {
		System.gc();
		for (int i = 0; i < ENOUGH_TO_REPORT; i++) {
			ByteBufAllocator.DEFAULT.buffer(1).release();
		}
		List<String> found = List.copyOf(FOUND);
		FOUND.removeAll(found);
		return found;
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		assertThat(take()).as("buffers that nobody has released").isEmpty();
	}

	private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {

		RecordingDetector(Class<T> resource, int samplingInterval) {
			super(resource, samplingInterval);
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String resourceType, String records) {
			FOUND.add(resourceType + ": " + records);
		}

		@Override
		protected void reportUntracedLeak(String resourceType) {
			FOUND.add(resourceType);
		}

	}

}
