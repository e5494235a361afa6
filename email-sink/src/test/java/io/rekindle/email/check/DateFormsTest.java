package io.rekindle.email.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.compose.Language;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateFormsTest {

  private static final LocalDate DATE = LocalDate.of(2025, 3, 14);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "14 March 2025",
        "March 14th, 2025",
        "14 of March",
        "March 2025",
        "since March",
        "2025-03-14",
        "14.03.2025",
        "3/14/25",
        "03/2025"
      })
  void shouldKnowTheWaysToWriteADate(String text) {
    assertThat(DateForms.of(DATE, Language.ENGLISH).matcher(text).matches()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"15 March 2025", "until March", "March 2026", "114 March 2025"})
  void shouldTakeNoOtherDateForIt(String text) {
    assertThat(DateForms.of(DATE, Language.ENGLISH).matcher(text).matches()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"en,on Monday", "de,im März", "fr,avant décembre", "pl,do środy"})
  void shouldFindDatesInEveryLanguage(String code, String text) {
    assertThat(DateForms.find(text, Language.of(code))).isNotEmpty();
  }

  @Test
  void shouldKnowMonthsThatAreOtherWordsByTheWordBeforeThem() {
    assertThat(DateForms.find("You may march on.", Language.ENGLISH)).isEmpty();
    assertThat(DateForms.find("until May", Language.ENGLISH)).isNotEmpty();
  }
}
