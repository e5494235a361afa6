package io.rekindle.dashboard.ui;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.web.RequestInfo;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewerLocaleTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "-     | -                              | en-GB",
        "-     | de                             | de-DE",
        "-     | de-AT,de;q=0.9,en;q=0.8        | de-AT",
        "-     | en-US,en;q=0.9                 | en-US",
        "-     | fr-FR,fr;q=0.9,de;q=0.5        | de-DE",
        "-     | fr-FR                          | en-GB",
        "-     | en;q=0, de;q=0.1               | de-DE",
        "-     | en-GB;q=0.1,de-CH;q=0.7        | de-CH",
        "-     | de-XX                          | de-DE",
        "-     | de-DE-u-nu-arab                | de-DE",
        "-     | ;;;                            | en-GB",
        "en-US | de-DE                          | en-US",
        "de-AT | en-GB                          | de-AT",
        "fr-FR | de-DE                          | de-DE",
        "x\"y  | de-DE                          | de-DE",
      })
  void shouldFollowTheChoiceAndThenTheBrowser(String chosen, String header, String expected) {
    assertThat(of(chosen, null, header).locale().toLanguageTag()).isEqualTo(expected);
  }

  @Test
  void shouldWriteTimesInUtcUntilTheBrowserHasToldItsZone() {
    assertThat(of(null, null, null).zone()).isEqualTo(ZoneOffset.UTC);
    assertThat(of(null, null, null).zoneKnown()).isFalse();
    assertThat(of(null, "../etc/passwd", null).zoneKnown()).isFalse();
    assertThat(of(null, "Europe/Berlin", null).zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(of(null, "Europe/Berlin", null).zoneKnown()).isTrue();
  }

  private static ViewerLocale of(String chosen, String zone, String header) {
    return ViewerLocale.of(new RequestInfo("/", null, Map.of(), null, chosen, zone, header, null));
  }
}
