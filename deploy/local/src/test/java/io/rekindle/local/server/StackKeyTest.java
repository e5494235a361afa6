package io.rekindle.local.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackKeyTest {

  @TempDir private Path directory;

  private DataDirectory data;

  @BeforeEach
  void create() {
    data = new DataDirectory(directory.resolve("data"));
    data.create();
  }

  @Test
  void shouldKeepOneKeyThatOthersCannotRead() throws IOException {
    StackKey made = StackKey.readOrCreate(data);
    List<Path> files;
    try (Stream<Path> listed = Files.list(made.directory())) {
      files = listed.sorted().toList();
    }
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .containsExactly("ca.crt", "keystore.p12", "keystore.password", "tls.crt", "tls.key");
    for (Path file : files) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.directory())))
        .isEqualTo("rwx------");

    String key = Files.readString(made.directory().resolve(TlsIdentity.KEY));
    StackKey again = StackKey.readOrCreate(data);
    assertThat(Files.readString(again.directory().resolve(TlsIdentity.KEY))).isEqualTo(key);
    assertThat(again.password()).isEqualTo(made.password());
  }

  @Test
  void shouldOpenAServerToItsOwnerOnly() throws IOException {
    StackKey key = StackKey.readOrCreate(data);
    DataDirectory other = new DataDirectory(directory.resolve("other"));
    other.create();
    try (KeyedServer server = new KeyedServer(TlsIdentity.read(key.directory()))) {
      assertThat(server.ask(key.directory())).isEqualTo("open");
      assertThatThrownBy(() -> server.ask(null))
          .as("without a key")
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> server.ask(StackKey.readOrCreate(other).directory()))
          .as("with another stack's key")
          .isInstanceOf(IOException.class);
    }
  }
}
