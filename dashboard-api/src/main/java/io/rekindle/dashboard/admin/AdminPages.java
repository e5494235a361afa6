package io.rekindle.dashboard.admin;

import static io.rekindle.dashboard.web.Access.ADMIN;

import io.javalin.http.Context;
import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import org.jdbi.v3.core.Jdbi;

/** The pages of accounts, API keys and the audit log. */
public final class AdminPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final AccountService accounts;
  private final ApiKeys keys;
  private final Jdbi jdbi;

  public AdminPages(AccountService accounts, ApiKeys keys, Jdbi jdbi) {
    this.accounts = accounts;
    this.keys = keys;
    this.jdbi = jdbi;
  }

  @Override
  public void register(Router router) {
    router.page("/settings", ADMIN, this::accounts);
    router.page("/settings/api-keys", ADMIN, this::keys);
    router.page("/settings/audit-log", ADMIN, this::auditLog);
  }

  private Page accounts(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("accounts").with("accounts", accounts.all());
  }

  private Page keys(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("api-keys").with("keys", keys.all());
  }

  private Page auditLog(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    return new Page("audit-log")
        .with("page", jdbi.withHandle(handle -> AuditLog.page(handle, cursor, PAGE_SIZE)));
  }
}
