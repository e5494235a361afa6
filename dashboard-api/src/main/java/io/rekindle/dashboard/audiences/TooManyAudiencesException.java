package io.rekindle.dashboard.audiences;

/** There are as many audiences as are kept up to date. */
final class TooManyAudiencesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooManyAudiencesException() {
    super("There are " + AudienceService.MAX_AUDIENCES + " audiences, which is the most.");
  }
}
