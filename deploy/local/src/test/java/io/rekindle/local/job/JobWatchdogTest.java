package io.rekindle.local.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.platform.rest.FlinkRest.JobFailure;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobWatchdogTest {

  private static final Optional<JobFailure> HALF_AN_HOUR_AGO =
      Optional.of(
          new JobFailure("PSQLException: disk full", Instant.parse("2026-05-01T11:30:00Z")));

  @Test
  void shouldNotCallAnEarlierFailureTheReasonOfACancel() {
    assertThat(JobWatchdog.ending("CANCELED", HALF_AN_HOUR_AGO))
        .isEqualTo("is CANCELED by a request");
    assertThat(JobWatchdog.ending("FINISHED", HALF_AN_HOUR_AGO)).isEqualTo("is FINISHED");
  }

  @Test
  void shouldNameAFailureWithItsTime() {
    assertThat(JobWatchdog.ending("FAILED", HALF_AN_HOUR_AGO))
        .isEqualTo("is FAILED: PSQLException: disk full (at 2026-05-01T11:30:00Z)");
    assertThat(JobWatchdog.ending("FAILED", Optional.empty())).isEqualTo("is FAILED");
  }
}
