package com.example;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * An order, with how many times it was finished.
 */
@Entity
public class PurchaseOrder {

	@Id
	private String id;

	private int finished;

	@Column(length = 10_000)
	private String result;

	protected PurchaseOrder() {
	}

	public PurchaseOrder(String id) {
		this.id = id;
	}

	public void finish(String result) {
		this.finished++;
		this.result = result;
	}

}
