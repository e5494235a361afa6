package io.rekindle.dashboard.audit;

import io.rekindle.dashboard.audit.AuditLog.AuditEntry;
import io.rekindle.dashboard.list.ItemSource;
import io.rekindle.dashboard.list.ListPage;
import org.jdbi.v3.core.Jdbi;

/** Reads the audit log. Thread-safe. */
public final class AuditService {

  private final Jdbi jdbi;

  public AuditService(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * The newest entries first.
   *
   * @param cursor null for the first page
   */
  public ListPage<AuditEntry> page(String cursor, int limit) {
    return jdbi.withHandle(handle -> AuditLog.page(handle, cursor, limit));
  }

  /** All entries, the newest first. */
  ItemSource<AuditEntry> all() {
    return AuditLog::forEach;
  }
}
