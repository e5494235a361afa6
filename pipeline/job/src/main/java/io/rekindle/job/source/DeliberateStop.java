package io.rekindle.job.source;

/** Tells a job that stopped by {@link StopJobException} from one that failed, without Flink. */
public final class DeliberateStop {

  private static final String PREFIX = "StopJobException:";

  private DeliberateStop() {}

  /** Whether a root cause, as {@code RootCause} prints it, is a {@link StopJobException}. */
  public static boolean isRootCause(String cause) {
    return cause.startsWith(PREFIX);
  }
}
