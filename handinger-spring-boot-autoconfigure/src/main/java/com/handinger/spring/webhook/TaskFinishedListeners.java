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

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/**
 * The listeners and handlers of the application for {@link TaskFinishedEvent}. A listener
 * for every event is none of them.
 */
final class TaskFinishedListeners {

	private static final ResolvableType EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedEvent.class);

	private static final ResolvableType OTHER_EVENT = ResolvableType.forClassWithGenerics(PayloadApplicationEvent.class,
			TaskFinishedListeners.class);

	private final ApplicationContext context;

	TaskFinishedListeners(ApplicationContext context) {
		this.context = context;
	}

	boolean exist() {
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.context, TaskFinishedHandler.class).length > 0) {
			return true;
		}
		// An event reaches the listeners of the parents, too.
		for (ApplicationContext each = this.context; each != null; each = each.getParent()) {
			if (isHeardIn(each)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isHeardIn(ApplicationContext context) {
		return context
			.getBeanNamesForType(ResolvableType.forClassWithGenerics(ApplicationListener.class, EVENT)).length > 0
				|| (context instanceof AbstractApplicationContext parent
						&& parent.getApplicationListeners().stream().anyMatch(TaskFinishedListeners::isForEvent));
	}

	private static boolean isForEvent(ApplicationListener<?> listener) {
		GenericApplicationListener generic = (listener instanceof GenericApplicationListener self) ? self
				: new GenericApplicationListenerAdapter(listener);
		return generic.supportsEventType(EVENT) && !generic.supportsEventType(OTHER_EVENT);
	}

}
