package io.rekindle.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FatalErrorsTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final SynchronousQueue<Integer> exitCodes = new SynchronousQueue<>();
  private final Thread.UncaughtExceptionHandler handler =
      FatalErrors.handler(
          new PrintStream(printed, false, StandardCharsets.UTF_8), this::recordExitCode);

  @Test
  void shouldEndTheProcessWithTheThreadAndItsError() throws Exception {
    Thread thread = new Thread(FatalErrorsTest::fail, "sending");
    thread.setUncaughtExceptionHandler(handler);
    thread.start();

    assertThat(exitCodes.poll(10, TimeUnit.SECONDS)).isEqualTo(FatalErrors.EXIT_CODE);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("\"sending\" ended", "NoClassDefFoundError: gone", "FatalErrorsTest");
  }

  @Test
  void shouldGetErrorsOfScheduledTasksToo() throws Exception {
    ScheduledExecutorService tasks =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "leases");
              thread.setUncaughtExceptionHandler(handler);
              return thread;
            });
    try {
      var unused =
          tasks.schedule(
              () -> {
                try {
                  fail();
                } catch (NoClassDefFoundError e) {
                  FatalErrors.raise(e);
                }
              },
              0,
              TimeUnit.SECONDS);

      assertThat(exitCodes.poll(10, TimeUnit.SECONDS)).isEqualTo(FatalErrors.EXIT_CODE);
    } finally {
      tasks.shutdownNow();
    }
  }

  private static void fail() {
    throw new NoClassDefFoundError("gone");
  }

  private void recordExitCode(int code) {
    try {
      exitCodes.put(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
