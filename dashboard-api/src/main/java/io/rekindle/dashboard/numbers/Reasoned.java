package io.rekindle.dashboard.numbers;

/** How many there are for a reason, which is a machine's code. */
public record Reasoned(String reason, long count) {}
