package io.rekindle.platform.process;

import java.io.PrintStream;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.function.IntConsumer;

/**
 * Ends the process when one of its threads ends by an error. A process that has lost a thread looks
 * healthy and does half of its work. A process that has ended is started again by its supervisor.
 */
public final class FatalErrors {

  /** The exit code after an error. */
  public static final int EXIT_CODE = 70;

  private FatalErrors() {}

  /** Ends this JVM at the first error that no thread handles. */
  public static void endProcess() {
    Thread.setDefaultUncaughtExceptionHandler(
        handler(System.err, code -> Runtime.getRuntime().halt(code)));
  }

  /**
   * Passes an error to the handler of the present thread. Executors of scheduled tasks would keep
   * it to themselves.
   */
  public static void raise(Throwable error) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
  }

  /** The handler halts: after an error, an orderly end may hang. */
  static UncaughtExceptionHandler handler(PrintStream out, IntConsumer halt) {
    return (thread, error) -> {
      try {
        out.println("The process ends: its thread \"" + thread.getName() + "\" ended by an error.");
        error.printStackTrace(out);
        out.flush();
      } finally {
        halt.accept(EXIT_CODE);
      }
    };
  }
}
