package io.rekindle.dashboard.ui;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.Content;
import gg.jte.output.StringOutput;
import io.rekindle.dashboard.web.RequestInfo;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewContextTest {

  private static final Instant EVENING = Instant.parse("2026-03-31T22:30:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "en-GB; 12,345.5; 12%; €1,234.50; 1 Apr 2026, 00:30; 1 Apr 2026; 31 Mar",
        "en-US; 12,345.5; 12%; €1,234.50; Apr 1, 2026, 12:30 AM; Apr 1, 2026; Mar 31",
        "de-DE; 12.345,5; 12 %; 1.234,50 €; 01.04.2026, 00:30; 01.04.2026; 31. März",
        "de-AT; 12 345,5; 12 %; € 1.234,50; 01.04.2026, 00:30; 01.04.2026; 31. März",
      })
  void shouldWriteNumbersAndTimesAsTheRegionDoes(
      String tag,
      String number,
      String percent,
      String money,
      String time,
      String date,
      String day) {
    ViewContext v = of(tag, "Europe/Berlin");

    assertThat(spaces(v.n(12_345.5, 1))).isEqualTo(number);
    assertThat(spaces(v.percent(0.12))).isEqualTo(percent);
    assertThat(spaces(v.money(new BigDecimal("1234.5"), "EUR"))).isEqualTo(money);
    assertThat(spaces(text(v.time(EVENING)))).isEqualTo(time);
    assertThat(text(v.date(EVENING))).isEqualTo(date);
    assertThat(v.day(LocalDate.parse("2026-03-31"))).isEqualTo(day);
    assertThat(v.lang()).isEqualTo(tag);
  }

  @Test
  void shouldSayThatATimeIsUtcAsLongAsTheZoneIsNotKnown() {
    assertThat(text(of("de-DE", null).time(EVENING))).isEqualTo("31.03.2026, 22:30 UTC");
    assertThat(of("de-DE", null).zone()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "PT-3S; 3 seconds ago; vor 3 Sekunden",
        "PT-90M; 1 hour ago; vor 1 Stunde",
        "PT-30H; yesterday; gestern",
        "PT-50H; 2 days ago; vorgestern",
        "P-20D; 20 days ago; vor 20 Tagen",
        "P-70D; 2 months ago; vor 2 Monaten",
        "P-800D; 2 years ago; vor 2 Jahren",
        "PT30H; tomorrow; morgen",
        "P10DT1H; in 10 days; in 10 Tagen",
      })
  void shouldSayHowLongAgo(Duration distance, String english, String german) {
    // Half a second of room for the time between the two clocks.
    Instant instant = Instant.now().plus(distance).plusMillis(distance.isNegative() ? -200 : 500);

    assertThat(text(of("en-GB", null).ago(instant))).isEqualTo(english);
    assertThat(text(of("de-DE", null).ago(instant))).isEqualTo(german);
  }

  @Test
  void shouldFillAFieldWithTheDecimalSignOfTheRegion() {
    assertThat(of("de-DE", null).field(new BigDecimal("1234.50"))).isEqualTo("1234,50");
    assertThat(of("en-GB", null).field(new BigDecimal("1234.50"))).isEqualTo("1234.50");
    assertThat(of("en-GB", null).field(null)).isEmpty();
  }

  private static ViewContext of(String tag, String zone) {
    return new PageRenderer(new Assets(), () -> null)
        .view(new RequestInfo("/", null, Map.of(), null, null, zone, tag, null));
  }

  /** The words of a time element. */
  private static String text(Content content) {
    StringOutput output = new StringOutput();
    content.writeTo(output);
    return output.toString().replaceAll("<[^>]*>", "");
  }

  /** With plain spaces: versions of the JDK differ in which they write. */
  private static String spaces(String text) {
    return text.replaceAll("[\\u00a0\\u202f]", " ");
  }
}
