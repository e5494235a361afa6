package io.rekindle.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path temporary;

  @Test
  void shouldCloseAnExistingDirectoryToOthers() throws Exception {
    Path root = temporary.resolve("stack");
    Path outside = Files.writeString(temporary.resolve("program"), "");
    permit(outside, "rwxr-xr-x");
    DataDirectory data = new DataDirectory(root);
    assertThat(data.create()).isFalse();
    Files.writeString(data.settings(), "{}");
    Path program = Files.writeString(data.lib("program"), "");
    Files.createSymbolicLink(data.lib("link"), outside);
    permit(data.settings(), "rw-r--r--");
    permit(program, "rwxr-xr-x");
    permit(data.logs(), "rwxrwxrwx");
    permit(root, "rwxr-xr-x");

    assertThat(data.create()).isTrue();

    assertThat(permissions(root)).isEqualTo("rwx------");
    assertThat(permissions(data.logs())).isEqualTo("rwx------");
    assertThat(permissions(data.settings())).isEqualTo("rw-------");
    assertThat(permissions(program)).isEqualTo("rwx------");
    assertThat(permissions(outside)).isEqualTo("rwxr-xr-x");
    assertThat(data.create()).isFalse();
  }

  @Test
  void shouldCloseTheSettingsOfADirectoryThatWasClosedByHand() throws Exception {
    DataDirectory data = new DataDirectory(temporary.resolve("stack"));
    data.create();
    Files.writeString(data.settings(), "{}");
    permit(data.settings(), "rw-r--r--");

    data.create();

    assertThat(permissions(data.settings())).isEqualTo("rw-------");
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
