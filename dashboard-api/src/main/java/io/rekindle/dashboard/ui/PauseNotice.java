package io.rekindle.dashboard.ui;

import java.time.Instant;

/**
 * That outreach is paused, for every page that tells of emails.
 *
 * @param by who paused it; null if there are no settings at all
 * @param since null if there are no settings at all
 */
public record PauseNotice(String by, Instant since) {}
