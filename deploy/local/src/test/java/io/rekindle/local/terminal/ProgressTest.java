package io.rekindle.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void shouldPrintPlainLinesWhereThereIsNoTerminal() {
    try (Progress progress = new Progress(out, false, Duration.ZERO)) {
      progress.step("starting Kafka");
      progress.step("starting Kafka");
      progress.print("port 1 is taken");
      progress.step("starting Flink");
    }

    assertThat(printed().lines())
        .containsExactly("starting Kafka", "port 1 is taken", "starting Flink");
    assertThat(printed()).doesNotContain("\r", "\033");
  }

  @Test
  void shouldLeaveNothingOfAStepOnATerminal() {
    try (Progress progress = new Progress(out, true, Duration.ZERO)) {
      progress.step("starting Kafka");
      progress.print("port 1 is taken");
    }

    assertThat(onScreen()).isEqualTo("port 1 is taken\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldShowNothingOfWhatIsQuick(boolean terminal) {
    try (Progress progress = new Progress(out, terminal, Duration.ofHours(1))) {
      progress.step("waiting for answers");
      progress.count("reading", 1, 2);
    }

    assertThat(printed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldShowTheStepUnderWayOnceItTakesLong(boolean terminal) throws InterruptedException {
    try (Progress progress = new Progress(out, terminal, Duration.ofMillis(1))) {
      progress.step("waiting for answers");
      Await.until(
          "the step is shown",
          Duration.ofMinutes(1),
          () -> printed().contains("waiting for answers"));
    }

    assertThat(onScreen()).isEqualTo(terminal ? "" : "waiting for answers\n");
  }

  /** What a terminal shows of it: each line after its last erasure. */
  private String onScreen() {
    return printed().replaceAll("[^\n]*\r\033\\[2K", "");
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
