package io.rekindle.dashboard.admin;

import static io.rekindle.dashboard.web.Access.ADMIN;

import io.javalin.http.Context;
import io.rekindle.dashboard.audit.AuditService;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;

/** The pages of accounts, API keys and the audit log. */
public final class AdminPages implements Routes {

  private static final int PAGE_SIZE = 50;

  private final AccountService accounts;
  private final ApiKeys keys;
  private final AuditService audit;

  public AdminPages(AccountService accounts, ApiKeys keys, AuditService audit) {
    this.accounts = accounts;
    this.keys = keys;
    this.audit = audit;
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
    return new Page("audit-log").with("page", audit.page(cursor, PAGE_SIZE));
  }
}
