package io.rekindle.dashboard.pipeline;

import static io.rekindle.dashboard.web.Access.ADMIN;
import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.ui.ListUrl;
import io.rekindle.dashboard.ui.PageRenderer;
import io.rekindle.dashboard.web.HtmlResponse;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.RequestInfo;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import io.rekindle.dashboard.web.list.ListPage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The addresses of the pages about the pipeline. */
public final class PipelinePages implements Routes {

  private static final int PAGE_SIZE = 20;

  private final PageRenderer renderer;
  private final PipelineService pipeline;
  private final DeadLetterService letters;

  /** Creates the pages. */
  public PipelinePages(PageRenderer renderer, PipelineService pipeline, DeadLetterService letters) {
    this.renderer = renderer;
    this.pipeline = pipeline;
    this.letters = letters;
  }

  @Override
  public void register(Router router) {
    router.get("/pipeline", VIEWER, this::pipeline);
    router.get("/pipeline/dead-letters", ADMIN, this::deadLetters);
  }

  private void pipeline(Context ctx) {
    QueryParameters.of(ctx).check();
    HtmlResponse.send(
        ctx,
        renderer.render(
            "pipeline",
            Map.of("v", renderer.view(RequestInfo.of(ctx)), "status", pipeline.status())));
  }

  private void deadLetters(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("v", renderer.view(RequestInfo.of(ctx)));
    parameters.put("listUrl", ListUrl.of(RequestInfo.of(ctx)));
    parameters.put("trouble", null);
    try {
      parameters.put("page", letters.page(cursor, PAGE_SIZE));
    } catch (DeadLettersUnavailableException e) {
      // Kafka may be away while everything else works: the page shows the reason.
      parameters.put("page", new ListPage<DeadLetterItem>(List.of(), null));
      parameters.put("trouble", e.getMessage());
    }
    HtmlResponse.send(ctx, renderer.render("dead-letters", parameters));
  }
}
