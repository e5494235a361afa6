package io.rekindle.dashboard.statistics;

/** How many there are for a reason, which is a machine's code. */
public record ReasonCount(String reason, long count) {}
