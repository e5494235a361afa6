package io.rekindle.dashboard.pipeline;

import java.util.Map;

/**
 * Whether the dashboard can do its work.
 *
 * @param status DOWN if any dependency is
 * @param dependencies each thing that the dashboard needs, by name
 * @param freshness how far the scores have come; null if the database does not answer. Old scores
 *     do not make the dashboard unhealthy: taking it away would hide them, not refresh them.
 */
public record Health(
    Status status, Map<String, Dependency> dependencies, PipelineProgress freshness) {

  public enum Status {
    UP,
    DOWN
  }

  /**
   * Something that the dashboard needs.
   *
   * @param error null if UP
   */
  public record Dependency(Status status, String error) {}

  public static Health up(PipelineProgress freshness) {
    return new Health(Status.UP, Map.of("database", new Dependency(Status.UP, null)), freshness);
  }

  public static Health databaseDown(String error) {
    return new Health(Status.DOWN, Map.of("database", new Dependency(Status.DOWN, error)), null);
  }
}
