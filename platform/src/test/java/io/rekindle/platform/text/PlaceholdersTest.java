package io.rekindle.platform.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceholdersTest {

  @Test
  void shouldFillEachNotation() {
    assertThat(Placeholders.BRACES.fill("To {{name}}", Map.of("name", "Ada"))).isEqualTo("To Ada");
    assertThat(Placeholders.DOTTED.fill("${db.host}:1", Map.of("db.host", "h"))).isEqualTo("h:1");
    assertThat(Placeholders.CAPITALS.fill("${DATA}/x", Map.of("DATA", "/d"))).isEqualTo("/d/x");
  }

  @Test
  void shouldLeaveOtherNotationsAlone() {
    String template = "${env:HOME} ${Mixed.Case} {single}";
    for (Placeholders notation : Placeholders.values()) {
      assertThat(notation.fill(template, Map.of())).isEqualTo(template);
    }
  }

  @Test
  void shouldNotFillAValue() {
    assertThat(Placeholders.BRACES.fill("{{a}}{{b}}", Map.of("a", "{{b}}", "b", "$1\\")))
        .isEqualTo("{{b}}$1\\");
  }

  @Test
  void shouldNameAMissingValue() {
    assertThatThrownBy(() -> Placeholders.CAPITALS.fill("${DATA}", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DATA");
  }

  @Test
  void shouldListTheNames() {
    assertThat(Placeholders.DOTTED.names("${b} ${a.c} ${b}")).containsExactly("a.c", "b");
  }
}
