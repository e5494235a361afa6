package io.rekindle.bench.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.bench.torture.Honesty.Claim;
import io.rekindle.bench.torture.Honesty.Truth;
import io.rekindle.bench.torture.Processes.Seen;
import io.rekindle.bench.torture.Processes.State;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HonestyTest {

  private static final long SAMPLE = Duration.ofSeconds(1).toNanos();

  private static final Claim OK = new Claim(true, Set.of());

  private long nanos;

  /** A process at both ends of a sample, what status says of it, and whether that is a lie. */
  @ParameterizedTest(name = "{0} then {1}, stack healthy: {2}, component named: {3}, a lie: {4}")
  @CsvSource({
    "RUNS,  RUNS,  true,  false, false",
    "RUNS,  RUNS,  false, true,  false",
    "RUNS,  ENDED, true,  false, false",
    "ENDED, RUNS,  true,  false, false",
    "ENDED, ENDED, true,  false, true",
    "ENDED, ENDED, false, false, true",
    "ENDED, ENDED, true,  true,  true",
    "ENDED, ENDED, false, true,  false",
    "FROZEN, FROZEN, true, false, false"
  })
  void shouldNameAComponentThatHasEnded(
      State before, State after, boolean healthy, boolean named, boolean lie) {
    Claim claim = new Claim(healthy, named ? Set.of("kafka") : Set.of());
    assertThat(new Honesty().lies(kafka(1, before), claim, kafka(1, after)))
        .hasSize(lie ? 1 : 0)
        .allSatisfy(sentence -> assertThat(sentence).contains("kafka (pid 1) has ended"));
  }

  @Test
  void shouldSayNothingOfAProcessThatWasReplacedMeanwhile() {
    assertThat(new Honesty().lies(kafka(1, State.ENDED), OK, kafka(2, State.ENDED))).isEmpty();
  }

  @Test
  void shouldNameAFrozenComponentOnceItCouldBeNoticed() {
    Honesty honesty = new Honesty();
    for (int sample = 0; sample < 8; sample++) { // Of two seconds each.
      assertThat(honesty.lies(kafka(1, State.FROZEN), OK, kafka(1, State.FROZEN))).isEmpty();
    }
    assertThat(honesty.lies(kafka(1, State.FROZEN), OK, kafka(1, State.FROZEN)))
        .singleElement()
        .asString()
        .contains("kafka (pid 1) has been frozen");
  }

  @Test
  void shouldForgetAFreezeThatEnded() {
    Honesty honesty = new Honesty();
    honesty.lies(kafka(1, State.FROZEN), OK, kafka(1, State.FROZEN));
    honesty.lies(kafka(1, State.RUNS), OK, kafka(1, State.RUNS));
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(honesty.lies(kafka(1, State.FROZEN), OK, kafka(1, State.FROZEN))).isEmpty();
  }

  /** The scores' instant at both ends, their age at the first, and whether "healthy" is a lie. */
  @ParameterizedTest(name = "at {0} then {1}, {2} s old, stack healthy: {3}, a lie: {4}")
  @CsvSource({
    "12:00, 12:00, 11, true,  true",
    "12:00, 12:00, 11, false, false",
    "12:00, 12:00, 9,  true,  false",
    "12:00, 12:01, 11, true,  false",
    ",      ,      ,   true,  false",
    "12:00, ,      11, true,  false",
  })
  void shouldNotBeHealthyWhileTimeStandsStill(
      String before, String after, Long age, boolean healthy, boolean lie) {
    assertThat(
            new Honesty()
                .lies(scored(before, age), new Claim(healthy, Set.of()), scored(after, age)))
        .hasSize(lie ? 1 : 0)
        .allSatisfy(sentence -> assertThat(sentence).contains("stood still at 12:00 for 11 s"));
  }

  private Truth kafka(long pid, State state) {
    nanos += SAMPLE;
    return new Truth(nanos, Map.of("kafka", new Seen(pid, state)), null, null);
  }

  private Truth scored(String until, Long age) {
    nanos += SAMPLE;
    return new Truth(nanos, Map.of(), until, age == null ? null : Duration.ofSeconds(age));
  }
}
