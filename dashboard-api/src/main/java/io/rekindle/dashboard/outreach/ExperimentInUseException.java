package io.rekindle.dashboard.outreach;

/** The groups of an experiment were to change after it had decided on clients. */
final class ExperimentInUseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ExperimentInUseException(String experimentId) {
    super(
        "\"%s\" has decided on clients with other groups or shares: give this experiment a name of its own."
            .formatted(experimentId));
  }
}
