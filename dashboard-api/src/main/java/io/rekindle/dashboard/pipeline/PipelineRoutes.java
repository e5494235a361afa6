package io.rekindle.dashboard.pipeline;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rekindle.dashboard.access.Scope;
import io.rekindle.dashboard.pipeline.DeadLetterService.Replayed;
import io.rekindle.dashboard.web.Access;
import io.rekindle.dashboard.web.HttpProblem;
import io.rekindle.dashboard.web.JsonBody;
import io.rekindle.dashboard.web.JsonFields;
import io.rekindle.dashboard.web.ProblemCode;
import io.rekindle.dashboard.web.Requests;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.CsvFormat;
import io.rekindle.dashboard.web.list.ListResponse;

/** The state of the pipeline, and the records that it could not read. */
public final class PipelineRoutes implements Routes {

  private static final int MAX_VALUE = 256 * 1024;

  private static final CsvFormat<DeadLetterItem> LETTERS_CSV =
      CsvFormat.of(DeadLetterService.LIST, DeadLetterItem.class);

  private final PipelineService pipeline;
  private final DeadLetterService letters;

  public PipelineRoutes(PipelineService pipeline, DeadLetterService letters) {
    this.pipeline = pipeline;
    this.letters = letters;
  }

  /** Answers a failure of {@link DeadLetterService} with 429 or 503. */
  public static HttpProblem problem(DeadLettersUnavailableException e) {
    if (!e.temporary()) {
      return new HttpProblem(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
    }
    return HttpProblem.retryLater(
        e instanceof DeadLettersBusyException
            ? HttpStatus.TOO_MANY_REQUESTS
            : HttpStatus.SERVICE_UNAVAILABLE,
        e.getMessage(),
        5);
  }

  @Override
  public void register(Router router) {
    router.get(
        "/api/pipeline", Access.VIEWER.orKey(Scope.READ), ctx -> ctx.json(pipeline.status()));
    router.get(
        "/api/dead-letters",
        Access.ADMIN,
        ctx -> ListResponse.answer(ctx, LETTERS_CSV, letters::page, letters::newest));
    router.get("/api/dead-letters/{id}", Access.ADMIN, this::one);
    router.post("/api/dead-letters/{id}/replay", Access.ADMIN, this::replay);
  }

  private void one(Context ctx) {
    String id = ctx.pathParam("id");
    ctx.json(letters.find(id).orElseThrow(() -> HttpProblem.notFound("dead letter", id)));
  }

  private void replay(Context ctx) {
    String id = ctx.pathParam("id");
    JsonFields body = JsonBody.object(ctx, 2 * MAX_VALUE);
    String value = body.text("value", MAX_VALUE);
    String key = body.text("key", 10_000);
    Boolean force = body.bool("force");
    body.check();
    try {
      Replayed replayed =
          letters
              .replay(Requests.actor(ctx), id, key, value, Boolean.TRUE.equals(force))
              .orElseThrow(() -> HttpProblem.notFound("dead letter", id));
      ctx.json(replayed);
    } catch (RejectedReplayException e) {
      throw new HttpProblem(ProblemCode.REPLAY_REFUSED, e.getMessage());
    }
  }
}
