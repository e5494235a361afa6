package io.rekindle.dashboard.audiences;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.audiences.Audience.Edited;
import io.rekindle.dashboard.clients.ClientFilter;
import io.rekindle.dashboard.json.Json;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.Created;
import io.rekindle.dashboard.web.EntityTag;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** The routes under /api/audiences. */
public final class AudienceRoutes implements Routes {

  private static final Access READ = Access.VIEWER.orKey(Scope.READ);

  private static final CsvFormat<Audience> CSV = CsvFormat.of("audiences", Audience.class);
  private static final CsvFormat<AudienceMember> MEMBERS_CSV =
      CsvFormat.of("audience-members", AudienceMember.class);
  private static final CsvFormat<AudienceDay> DAYS_CSV =
      CsvFormat.of("audience-days", AudienceDay.class);
  private static final CsvFormat<AudienceChange> CHANGES_CSV =
      CsvFormat.of(AudienceService.CHANGES.name(), AudienceChange.class);

  private final AudienceService audiences;
  private final ListResponse listResponse;

  public AudienceRoutes(AudienceService audiences, ListResponse listResponse) {
    this.audiences = audiences;
    this.listResponse = listResponse;
  }

  @Override
  public void register(Router router) {
    router.get("/api/audiences", READ, ctx -> ListResponse.answerWhole(ctx, CSV, audiences::all));
    router.post("/api/audiences", Access.ANALYST, this::create);
    router.get("/api/audiences/{audience}", READ, this::one);
    router.put("/api/audiences/{audience}", Access.ANALYST, this::change);
    router.delete("/api/audiences/{audience}", Access.ANALYST, this::delete);
    router.get("/api/audiences/{audience}/changes", READ, this::changes);
    router.get("/api/audiences/{audience}/members", READ, this::members);
    router.get("/api/audiences/{audience}/days", READ, this::days);
  }

  private void create(Context ctx) {
    JsonFields body = JsonBody.object(ctx);
    String name = body.requiredText("audience", 64);
    if (name != null && !name.matches("[a-z0-9][a-z0-9_.-]{0,63}")) {
      body.reject(
          "audience",
          "has to be 1 to 64 lower-case letters, digits and _.-, and to begin with a letter or"
              + " digit.");
    }
    Edited edited = edited(body);
    body.check();
    Audience created;
    try {
      created =
          audiences
              .create(Requests.actor(ctx), name, edited)
              .orElseThrow(
                  () -> HttpProblem.taken("audience", "There is an audience \"" + name + "\"."));
    } catch (TooManyAudiencesException e) {
      throw HttpProblem.conflict(e.getMessage());
    }
    Created.at(ctx, "/api/audiences", name);
    answer(ctx, created);
  }

  private void one(Context ctx) {
    String name = QueryParameters.pathId(ctx, "audience");
    answer(ctx, audiences.find(name).orElseThrow(() -> HttpProblem.notFound("audience", name)));
  }

  private void change(Context ctx) {
    String name = QueryParameters.pathId(ctx, "audience");
    JsonFields body = JsonBody.object(ctx);
    Edited edited = edited(body);
    body.check();
    answer(
        ctx,
        audiences
            .change(Requests.actor(ctx), name, EntityTag.demanded(ctx), edited)
            .orElseThrow(() -> HttpProblem.notFound("audience", name)));
  }

  private void delete(Context ctx) {
    String name = QueryParameters.pathId(ctx, "audience");
    if (!audiences.delete(Requests.actor(ctx), name)) {
      throw HttpProblem.notFound("audience", name);
    }
    ctx.status(HttpStatus.NO_CONTENT);
  }

  private void members(Context ctx) throws Exception {
    String name = QueryParameters.pathId(ctx, "audience");
    QueryParameters query = QueryParameters.of(ctx);
    AudienceMembers known =
        audiences.knownDays(name).orElseThrow(() -> HttpProblem.notFound("audience", name));
    LocalDate on = query.day("on");
    if (on != null && known.mistake(on) != null) {
      query.reject("on", known.mistake(on));
    }
    listResponse.answer(
        ctx,
        query,
        MEMBERS_CSV,
        AudienceMembers.query(on),
        AudienceMembers.parameters(name, on),
        AudienceService.EXISTS_NOW,
        () -> HttpProblem.notFound("audience", name));
  }

  private void days(Context ctx) throws Exception {
    String name = QueryParameters.pathId(ctx, "audience");
    AudienceMembers known =
        audiences.knownDays(name).orElseThrow(() -> HttpProblem.notFound("audience", name));
    ListResponse.answerWhole(ctx, DAYS_CSV, known::days);
  }

  private void changes(Context ctx) throws Exception {
    String name = QueryParameters.pathId(ctx, "audience");
    listResponse.answer(
        ctx,
        CHANGES_CSV,
        AudienceService.CHANGES,
        Map.of("audience", name),
        AudienceService.EXISTS,
        () -> HttpProblem.notFound("audience", name));
  }

  private static void answer(Context ctx, Audience audience) {
    EntityTag.json(ctx, audience, audience.edited());
  }

  /** Reads the filter as the list of clients would. */
  private static Edited edited(JsonFields body) {
    String description = body.text("description", 1_000);
    JsonNode given = body.required("filter", body.json("filter"));
    ObjectNode filter = Json.MAPPER.createObjectNode();
    if (given != null && !given.isObject()) {
      body.reject("filter", "has to be an object with parameters of a list of clients.");
    } else if (given != null) {
      Map<String, String> parameters = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : given.properties()) {
        if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
          parameters.put(entry.getKey(), entry.getValue().asText());
        } else {
          body.reject("filter." + entry.getKey(), "has to be a text, a number, or true or false.");
        }
      }
      QueryParameters query = QueryParameters.of(parameters);
      ClientFilter.read(query);
      query
          .mistakes()
          .forEach(mistake -> body.reject("filter." + mistake.field(), mistake.message()));
      parameters.forEach(filter::put);
    }
    return new Edited(description == null ? "" : description, filter);
  }
}
