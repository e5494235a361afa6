package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class InstallationTest {

  @Test
  void shouldFillPlaceholdersWithWhateverCharacters() {
    assertThat(Installation.fill("f", "dir: ${KAFKA_DATA}/x", Map.of("KAFKA_DATA", "/a$1\\b")))
        .isEqualTo("dir: /a$1\\b/x");
  }

  @Test
  void shouldLeaveOtherProgramsPlaceholdersAlone() {
    String theirs = "file = ${sys:rekindle.log} ${env:PASSWORD} ${lower}";

    assertThat(Installation.fill("f", theirs, Map.of())).isEqualTo(theirs);
  }

  @Test
  void shouldNameThePlaceholderThatHasNoValue() {
    assertThatThrownBy(() -> Installation.fill("kafka/server.properties", "${NOBODY}", Map.of()))
        .hasMessageContaining("kafka/server.properties")
        .hasMessageContaining("NOBODY");
  }
}
