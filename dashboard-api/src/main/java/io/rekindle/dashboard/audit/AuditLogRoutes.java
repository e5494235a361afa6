package io.rekindle.dashboard.audit;

import io.rekindle.dashboard.audit.AuditLog.AuditEntry;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** The audit log, for admins. */
public final class AuditLogRoutes implements Routes {

  private static final CsvFormat<AuditEntry> CSV = CsvFormat.of(AuditLog.LIST, AuditEntry.class);

  private final AuditService audit;
  private final ListResponse listResponse;

  public AuditLogRoutes(AuditService audit, ListResponse listResponse) {
    this.audit = audit;
    this.listResponse = listResponse;
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/audit-log",
        Access.ADMIN,
        ctx -> listResponse.answer(ctx, QueryParameters.of(ctx), CSV, audit::page, audit.all()));
  }
}
