package io.rekindle.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void shouldLeaveItsProcessByNameOnly() throws Exception {
    byte[] sent = serialize(Secret.of("REKINDLE_ABSENT_PASSWORD", "open sesame"));

    assertThat(new String(sent, StandardCharsets.ISO_8859_1))
        .contains("REKINDLE_ABSENT_PASSWORD")
        .doesNotContain("open sesame");
    assertThatThrownBy(() -> deserialize(sent).value())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("REKINDLE_ABSENT_PASSWORD is not in the environment");
  }

  @Test
  void shouldBeReadFromTheEnvironmentOfTheProcessThatUsesIt() throws Exception {
    assertThat(deserialize(serialize(Secret.of("PATH", "another path"))).value())
        .isEqualTo(System.getenv("PATH"));
  }

  @Test
  void shouldNotShowItself() {
    assertThat(Secret.of("REKINDLE_X", "open sesame")).hasToString("REKINDLE_X");
  }

  private static byte[] serialize(Secret secret) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(secret);
    }
    return bytes.toByteArray();
  }

  private static Secret deserialize(byte[] bytes) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (Secret) in.readObject();
    }
  }
}
