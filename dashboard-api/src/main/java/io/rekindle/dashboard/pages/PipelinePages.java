package io.rekindle.dashboard.pages;

import static io.rekindle.dashboard.http.Access.ADMIN;
import static io.rekindle.dashboard.http.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Page;
import io.rekindle.dashboard.http.Query;
import io.rekindle.dashboard.http.Refusal;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.pipeline.PipelineArea;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses of the pages about the pipeline. */
public final class PipelinePages implements Area {

  private static final int PAGE_SIZE = 20;

  private final Frame frame;
  private final PipelineArea pipeline;

  public PipelinePages(Frame frame, PipelineArea pipeline) {
    this.frame = frame;
    this.pipeline = pipeline;
  }

  @Override
  public void register(Router router) {
    router.get("/pipeline", VIEWER, this::pipeline);
    router.get("/pipeline/dead-letters", ADMIN, this::deadLetters);
  }

  private void pipeline(Context ctx) {
    Query.of(ctx).check();
    frame.answer(ctx, "pipeline", Map.of("v", frame.view(ctx), "status", pipeline.status()));
  }

  private void deadLetters(Context ctx) {
    Query query = Query.of(ctx);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", frame.view(ctx));
    parameters.put("address", Address.of(ctx));
    parameters.put("trouble", null);
    try {
      parameters.put("page", pipeline.deadLetters(cursor, PAGE_SIZE));
    } catch (Refusal e) {
      // Kafka may be away while everything else is there: the page says so.
      parameters.put("page", new Page<PipelineArea.Letter>(List.of(), null));
      parameters.put("trouble", e.getMessage());
    }
    frame.answer(ctx, "dead-letters", parameters);
  }
}
