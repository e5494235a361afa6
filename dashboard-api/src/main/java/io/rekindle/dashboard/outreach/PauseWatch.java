package io.rekindle.dashboard.outreach;

import io.rekindle.dashboard.background.BackgroundLoop;
import io.rekindle.dashboard.ui.PauseNotice;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Knows whether outreach is paused, within seconds of a change by anything: every page with emails
 * shows it and none waits for it. Thread-safe.
 */
public final class PauseWatch implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final String SETTINGS =
      "select enabled, updated_by, updated_at from engagement.outreach_settings";

  /** The change that paused it, which later changes of other rules leave in force. */
  private static final String PAUSED_BY =
      """
      select actor as by, at as since from dashboard.audit_log
      where subject_kind = 'OUTREACH_SETTINGS' and after ->> 'enabled' = 'false'
        and before ->> 'enabled' = 'true'
      order by entry_id desc limit 1
      """;

  private final Jdbi jdbi;
  private final BackgroundLoop loop;
  private volatile PauseNotice notice;
  private Instant knownAt;

  public PauseWatch(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.loop = new BackgroundLoop("outreach-pause", PAUSE, this::read);
  }

  private record Settings(boolean enabled, String updatedBy, Instant updatedAt) {}

  private record PausedBy(String by, Instant since) {}

  public void start() {
    loop.start();
  }

  /** Null while emails are written and sent. */
  public PauseNotice notice() {
    return notice;
  }

  private boolean read() {
    jdbi.useHandle(
        handle -> {
          Optional<Settings> settings =
              handle.createQuery(SETTINGS).mapTo(Settings.class).findOne();
          if (settings.isEmpty()) {
            notice = new PauseNotice(null, null);
            knownAt = null;
          } else if (settings.get().enabled()) {
            notice = null;
            knownAt = null;
          } else if (!settings.get().updatedAt().equals(knownAt)) {
            notice = notice(handle, settings.get());
            knownAt = settings.get().updatedAt();
          }
        });
    return true;
  }

  /** Who paused it by SQL is the last who changed anything: the audit log has no such entry. */
  private static PauseNotice notice(Handle handle, Settings settings) {
    return handle
        .createQuery(PAUSED_BY)
        .mapTo(PausedBy.class)
        .findOne()
        .map(paused -> new PauseNotice(paused.by(), paused.since()))
        .orElseGet(() -> new PauseNotice(settings.updatedBy(), settings.updatedAt()));
  }

  @Override
  public void close() {
    loop.close();
  }
}
