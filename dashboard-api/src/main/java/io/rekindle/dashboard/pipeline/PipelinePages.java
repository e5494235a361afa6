package io.rekindle.dashboard.pipeline;

import static io.rekindle.dashboard.web.Access.ADMIN;
import static io.rekindle.dashboard.web.Access.VIEWER;

import io.javalin.http.Context;
import io.rekindle.dashboard.list.ListPage;
import io.rekindle.dashboard.web.Page;
import io.rekindle.dashboard.web.QueryParameters;
import io.rekindle.dashboard.web.Router;
import io.rekindle.dashboard.web.Routes;
import java.util.List;

/** The addresses of the pages about the pipeline. */
public final class PipelinePages implements Routes {

  private static final int PAGE_SIZE = 20;

  private final PipelineService pipeline;
  private final DeadLetterService letters;

  public PipelinePages(PipelineService pipeline, DeadLetterService letters) {
    this.pipeline = pipeline;
    this.letters = letters;
  }

  @Override
  public void register(Router router) {
    router.page("/pipeline", VIEWER, this::pipeline);
    router.page("/pipeline/dead-letters", ADMIN, this::deadLetters);
  }

  private Page pipeline(Context ctx) {
    QueryParameters.of(ctx).check();
    return new Page("pipeline").with("status", pipeline.status());
  }

  private Page deadLetters(Context ctx) {
    QueryParameters query = QueryParameters.of(ctx);
    String cursor = query.cursor();
    query.check();
    Page page = new Page("dead-letters");
    try {
      return page.with("page", letters.page(cursor, PAGE_SIZE)).with("unavailable", null);
    } catch (DeadLettersUnavailableException e) {
      // Kafka may be away while everything else works: the page shows the reason.
      return page.with("page", new ListPage<DeadLetterItem>(List.of(), null))
          .with("unavailable", e.temporary() ? "letters.noAnswer" : "letters.notSet");
    }
  }
}
