package io.rekindle.dashboard.pipeline;

import io.rekindle.dashboard.http.Access;
import io.rekindle.dashboard.http.Area;
import io.rekindle.dashboard.http.Router;
import io.rekindle.dashboard.http.Scope;

/** What the pipeline does and what holds it. */
public final class PipelineArea implements Area {

  private final ProgressQuery progress;

  public PipelineArea(ProgressQuery progress) {
    this.progress = progress;
  }

  @Override
  public void register(Router router) {
    router.get("/api/pipeline", Access.VIEWER.orKey(Scope.READ), ctx -> ctx.json(progress.read()));
  }
}
