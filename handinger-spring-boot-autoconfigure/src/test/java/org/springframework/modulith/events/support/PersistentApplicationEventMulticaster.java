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

package org.springframework.modulith.events.support;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.ResolvableType;

/**
 * Has the name of Spring Modulith's, which stores events before it calls the listeners.
 */
public class PersistentApplicationEventMulticaster extends SimpleApplicationEventMulticaster {

	private final List<ApplicationEvent> stored = new CopyOnWriteArrayList<>();

	@Override
	public void multicastEvent(ApplicationEvent event, ResolvableType type) {
		this.stored.add(event);
		super.multicastEvent(event, type);
	}

	public List<ApplicationEvent> stored() {
		return this.stored;
	}

}
