package com.example;

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "management.server.port=0")
@AutoConfigureHandingerSimulator
class MvcApplicationTests {

	@Test
	void finishedTaskIsDelivered(@Autowired HandingerSimulator handinger, @Autowired MvcApplication application) {
		String taskId = application.run().taskId();
		await().until(() -> application.isDelivered(taskId));
		assertThat(handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.id()).isEqualTo(taskId));
	}

}
