package io.rekindle.platform.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CurrencyCodesTest {

  @Test
  void shouldPackEveryCode() {
    for (char a = 'A'; a <= 'Z'; a++) {
      for (char b = 'A'; b <= 'Z'; b++) {
        for (char c = 'A'; c <= 'Z'; c++) {
          String code = "" + a + b + c;
          int packed = CurrencyCodes.pack(code);
          assertThat(packed).isBetween(1, (int) Short.MAX_VALUE);
          assertThat(CurrencyCodes.unpack(packed)).isEqualTo(code);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "EU", "eur", "EURO", "E R", "ÄÖÜ"})
  void shouldRefuseWhatIsNoCode(String code) {
    assertThatThrownBy(() -> CurrencyCodes.pack(code))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("three upper-case letters");
  }

  @ParameterizedTest
  @ValueSource(ints = {CurrencyCodes.BASE, -1, 31, 32_767, 1 << 15 | 1_057})
  void shouldRefuseWhatIsNotPacked(int packed) {
    assertThatThrownBy(() -> CurrencyCodes.unpack(packed))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldNotMakeAStringTwice() {
    int packed = CurrencyCodes.pack("EUR");
    assertThat(CurrencyCodes.unpack(packed)).isSameAs(CurrencyCodes.unpack(packed));
  }
}
