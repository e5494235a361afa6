package io.rekindle.local.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteOrderTest {

  @Test
  void shouldOrderTextsAsTheirBytes() {
    List<String> texts =
        List.of(
            "", "a", "a0", "ab", "b", "Z", "ä", "\uFF5E", "\uE000", "😀", "😀a", "a😀", "aé",
            "\uFFFD");

    for (String left : texts) {
      for (String right : texts) {
        int expected =
            Arrays.compareUnsigned(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
        assertThat(Integer.signum(ShopSnapshot.ByteOrder.compare(left, right)))
            .as("%s and %s", left, right)
            .isEqualTo(Integer.signum(expected));
      }
    }
  }
}
