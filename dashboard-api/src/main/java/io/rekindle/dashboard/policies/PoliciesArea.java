package io.rekindle.dashboard.policies;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.database.Database;
import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Caller;
import io.rekindle.dashboard.http.CsvFormat;
import io.rekindle.dashboard.http.Fields;
import io.rekindle.dashboard.http.Json;
import io.rekindle.dashboard.http.Lists;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.security.AuditLog;
import io.rekindle.dashboard.security.AuditLog.Subject;
import io.rekindle.scoring.InvalidPolicyException;
import io.rekindle.scoring.ScoringPolicy;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The addresses under /api/policies. */
public final class PoliciesArea implements Area, AutoCloseable {

  private static final CsvFormat<Policy> CSV =
      CsvFormat.<Policy>named("policies")
          .with("policyVersion", Policy::policyVersion)
          .with("description", Policy::description)
          .with("active", Policy::active)
          .with("draft", Policy::draft)
          .with("createdBy", Policy::createdBy)
          .with("createdAt", Policy::createdAt)
          .with("activatedAt", Policy::activatedAt);

  private final Jdbi jdbi;
  private final Previews previews;

  public PoliciesArea(Database database) {
    this.jdbi = database.jdbi();
    this.previews = new Previews(database);
  }

  @Override
  public void register(Router router) {
    router.get("/api/policies", Access.VIEWER, ctx -> Lists.answerWhole(ctx, CSV, this::policies));
    router.post("/api/policies", Access.ANALYST, this::create);
    router.post("/api/policies/rollback", Access.ADMIN, this::rollBack);
    router.get("/api/policies/{policyVersion}", Access.VIEWER, this::one);
    router.put("/api/policies/{policyVersion}", Access.ANALYST, this::replace);
    router.post("/api/policies/{policyVersion}/activate", Access.ADMIN, this::activate);
    router.post("/api/policy-previews", Access.ANALYST, this::preview);
    router.get("/api/policy-previews/{previewId}", Access.ANALYST, this::previewed);
    router.delete("/api/policy-previews/{previewId}", Access.ANALYST, this::cancel);
  }

  /** All policies without their documents, the active one first. */
  public List<Policy> policies() {
    return jdbi.withHandle(Policy::all);
  }

  /**
   * One policy with its document.
   *
   * @throws Refusal 404 if there is none
   */
  public Policy policy(String version) {
    return jdbi.withHandle(handle -> existing(handle, version));
  }

  @Override
  public void close() {
    previews.close();
  }

  private void one(Context ctx) {
    ctx.json(policy(Query.pathId(ctx, "policyVersion")));
  }

  private void create(Context ctx) {
    ScoringPolicy policy = document(ctx);
    Policy created =
        jdbi.inTransaction(
            handle -> {
              String by = Caller.of(ctx).name();
              if (!Policy.insert(handle, policy.version(), policy.json(), by)) {
                throw Refusal.taken(
                    "document.version", "There is a policy \"" + policy.version() + "\".");
              }
              Policy after = existing(handle, policy.version());
              AuditLog.record(handle, ctx, "CREATE", Subject.POLICY, policy.version(), null, after);
              return after;
            });
    ctx.status(HttpStatus.CREATED).json(created);
  }

  private void replace(Context ctx) {
    String version = Query.pathId(ctx, "policyVersion");
    ScoringPolicy policy = document(ctx);
    if (!policy.version().equals(version)) {
      throw Refusal.invalid("document.version", "has to be " + version + ", as in the path.");
    }
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              Policy before = existing(handle, version);
              if (!Policy.replace(handle, version, policy.json())) {
                throw Refusal.conflict(
                    "Scores have been made by this policy: give the changed one another version.");
              }
              Policy after = existing(handle, version);
              AuditLog.record(handle, ctx, "CHANGE", Subject.POLICY, version, before, after);
              return after;
            }));
  }

  private void activate(Context ctx) {
    String version = Query.pathId(ctx, "policyVersion");
    ctx.json(jdbi.inTransaction(handle -> activate(ctx, handle, version, "ACTIVATE")));
  }

  private void rollBack(Context ctx) {
    ctx.json(
        jdbi.inTransaction(
            handle -> {
              Policy previous =
                  Policy.previous(handle)
                      .orElseThrow(
                          () -> Refusal.conflict("No policy was in force before this one."));
              return activate(ctx, handle, previous.policyVersion(), "ROLL_BACK");
            }));
  }

  private static Policy activate(Context ctx, Handle handle, String version, String action) {
    // Two at once would each end the other's.
    handle.execute("select pg_advisory_xact_lock(hashtext('dashboard.activate_policy'))");
    Policy wanted = existing(handle, version);
    if (wanted.active()) {
      throw Refusal.conflict("This policy is in force already.");
    }
    parse(wanted.document());
    String before = Policy.active(handle).map(Policy::policyVersion).orElse(null);
    Policy.activate(handle, version);
    AuditLog.record(
        handle,
        ctx,
        action,
        Subject.POLICY,
        version,
        before == null ? null : Map.of("active", before),
        Map.of("active", version));
    return existing(handle, version);
  }

  /** Of a stored policy, or of a document that is not stored, against the one in force. */
  private void preview(Context ctx) {
    Fields body = Json.object(ctx);
    String version = body.text("policyVersion", 128);
    JsonNode document = body.json("document");
    if ((version == null) == (document == null) && body.mistakes() == 0) {
      body.reject("", "give either policyVersion or document.");
    }
    body.check();
    ScoringPolicy after = parse(document == null ? policy(version).document() : document);
    ScoringPolicy before =
        jdbi.withHandle(Policy::active)
            .map(active -> parse(active.document()))
            .orElseGet(() -> ScoringPolicy.builtIn(ScoringPolicy.builtInNames().get(0)));
    ctx.status(HttpStatus.ACCEPTED).json(previews.start(Caller.of(ctx).id(), before, after));
  }

  private void previewed(Context ctx) {
    String id = ctx.pathParam("previewId");
    ctx.json(previews.view(id).orElseThrow(() -> noPreview(id)));
  }

  private void cancel(Context ctx) {
    String id = ctx.pathParam("previewId");
    if (!previews.cancel(id)) {
      throw noPreview(id);
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private static ScoringPolicy document(Context ctx) {
    Fields body = Json.object(ctx);
    JsonNode document = body.json("document");
    if (document == null) {
      body.reject("document", "is required.");
    }
    body.check();
    return parse(document);
  }

  /** A policy's mistakes are told by their place in the request. */
  private static ScoringPolicy parse(JsonNode document) {
    try {
      return ScoringPolicy.parse(document.toString());
    } catch (InvalidPolicyException e) {
      String message = e.getMessage();
      String problem =
          message.startsWith(e.path() + ": ") ? message.substring(e.path().length() + 2) : message;
      throw Refusal.invalid("document" + e.path().replaceFirst("^\\$", ""), problem);
    }
  }

  private static Policy existing(Handle handle, String version) {
    return Policy.byVersion(handle, version)
        .orElseThrow(() -> Refusal.notFound("No policy \"" + version + "\"."));
  }

  private static Refusal noPreview(String id) {
    return Refusal.notFound("No preview \"" + id + "\", or not any more.");
  }
}
