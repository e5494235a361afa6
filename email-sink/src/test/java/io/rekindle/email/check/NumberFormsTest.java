package io.rekindle.email.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

class NumberFormsTest {

  @Test
  void shouldReadNumbersAsPeopleWriteThem() {
    assertThat(NumberForms.value("1,234.50")).isEqualByComparingTo("1234.5");
    assertThat(NumberForms.value("1.234,50")).isEqualByComparingTo("1234.5");
    assertThat(NumberForms.value("1 234")).isEqualByComparingTo("1234");
    assertThat(NumberForms.value("12,5")).isEqualByComparingTo("12.5");
    assertThat(NumberForms.value("1,23,4")).isNull();
  }

  @Test
  void shouldReadDigitsOfEveryScript() {
    assertThat(NumberForms.digits("١٢ and 34")).isEqualTo("12 and 34");
    assertThat(NumberForms.value("١٢")).isEqualByComparingTo("12");
  }

  @Test
  void shouldReadNumbersInWords() {
    Map<String, Integer> counts =
        Map.of("Two", 2, "twelve", 12, "dozen", 12, "twenty", 20, "thirty", 30, "hundred", 100);
    counts.forEach((word, count) -> assertThat(NumberForms.count(word)).isEqualTo(count));
  }

  @Test
  void shouldFindWordsOnlyBeforeAUnit() {
    Matcher counted = NumberForms.COUNTED.matcher("After twelve more orders, one of ten books.");
    assertThat(counted.find()).isTrue();
    assertThat(List.of(counted.group(1), counted.group(2))).containsExactly("twelve", "orders");
    assertThat(counted.find()).isFalse();
  }
}
