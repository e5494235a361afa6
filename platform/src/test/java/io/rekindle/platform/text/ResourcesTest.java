package io.rekindle.platform.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResourcesTest {

  @Test
  void shouldReadTextAndPropertiesBesideAClass() {
    assertThat(Resources.get(Version.class, "version.properties")).contains("version");
    assertThat(Resources.properties(Version.class, "version.properties"))
        .containsEntry("version", Version.CURRENT);
  }

  @Test
  void shouldNameAMissingFile() {
    assertThat(Resources.find(Version.class, "none")).isNull();
    assertThatThrownBy(() -> Resources.get(Version.class, "none"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none");
    assertThatThrownBy(() -> Resources.open(Version.class, "none"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none");
  }
}
