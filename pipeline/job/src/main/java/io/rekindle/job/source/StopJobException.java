package io.rekindle.job.source;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Ends the job for good, since each restart would meet the same fault and going on would make
 * scores wrong. The message names the procedure. The exception has no cause, so that its message is
 * the root cause in every report.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class StopJobException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the fault, and the procedure in docs/operations.md
   */
  public StopJobException(String message) {
    super(message);
  }
}
