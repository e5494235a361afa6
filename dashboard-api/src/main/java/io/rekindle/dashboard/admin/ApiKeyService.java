package io.rekindle.dashboard.admin;

import io.rekindle.dashboard.audit.AuditLog;
import io.rekindle.dashboard.audit.AuditLog.Subject;
import io.rekindle.dashboard.signin.ApiKeys;
import io.rekindle.dashboard.signin.ApiKeys.ApiKey;
import io.rekindle.dashboard.signin.ApiKeys.NewApiKey;
import io.rekindle.dashboard.web.Actor;
import io.rekindle.dashboard.web.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Creates and revokes API keys. Thread-safe. */
public final class ApiKeyService {

  private final Jdbi jdbi;
  private final ApiKeys keys;

  /** Creates the service. */
  public ApiKeyService(Jdbi jdbi, ApiKeys keys) {
    this.jdbi = jdbi;
    this.keys = keys;
  }

  /** All keys, the newest first, revoked ones included. */
  List<ApiKey> all() {
    return jdbi.withHandle(ApiKeys::all);
  }

  NewApiKey create(Actor actor, String name, Set<Scope> scopes) {
    return jdbi.inTransaction(
        handle -> {
          NewApiKey created = keys.create(handle, name, scopes, actor.name());
          AuditLog.record(
              handle, actor, "CREATE", Subject.API_KEY, created.key().keyId(), null, created.key());
          return created;
        });
  }

  /** Returns false if there is no valid key of this id. */
  boolean revoke(Actor actor, String id) {
    return jdbi.inTransaction(
        handle -> {
          Optional<ApiKey> revoked = ApiKeys.revoke(handle, id);
          revoked.ifPresent(
              key -> AuditLog.record(handle, actor, "REVOKE", Subject.API_KEY, id, null, key));
          return revoked.isPresent();
        });
  }
}
