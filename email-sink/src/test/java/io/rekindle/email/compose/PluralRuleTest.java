package io.rekindle.email.compose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples are those of the charts of CLDR 46. */
class PluralRuleTest {

  @ParameterizedTest
  @CsvSource({
    "en, 1, one",
    "en, 0, other",
    "en, 2, other",
    "en, 1000000, other",
    "de, 1, one",
    "de, 21, other",
    "nl, 1, one",
    "nl, 5, other",
    "es, 1, one",
    "es, 0, other",
    "es, 1000000, many",
    "es, 1000001, other",
    "it, 1, one",
    "it, 2, other",
    "it, 3000000, many",
    "fr, 0, one",
    "fr, 1, one",
    "fr, 2, other",
    "fr, 1000000, many",
    "pt, 0, one",
    "pt, 1, one",
    "pt, 17, other",
    "pt, 2000000, many",
    "pl, 1, one",
    "pl, 2, few",
    "pl, 4, few",
    "pl, 22, few",
    "pl, 104, few",
    "pl, 0, many",
    "pl, 5, many",
    "pl, 12, many",
    "pl, 14, many",
    "pl, 21, many",
    "pl, 112, many",
    "pl, 1000, many"
  })
  void shouldFollowTheChartsOfUnicode(String language, long number, String category) {
    assertThat(PluralRule.of(language).category(number)).isEqualTo(category);
  }

  @Test
  void shouldGiveNoCategoryThatItDoesNotDeclare() {
    for (Language language : Language.all()) {
      PluralRule rule = PluralRule.of(language.code());
      for (long number = 0; number < 1_200; number++) {
        assertThat(rule.categories()).contains(rule.category(number), rule.category(1_000_000));
      }
    }
  }
}
