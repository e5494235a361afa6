package io.rekindle.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

  private static final byte[] WRITTEN = {1, 2, 3, 4, 5};
  private static final byte[] BROKEN_OFF = {0, 0, 0, 0, 5};

  @TempDir private Path directory;
  private Path archives;
  private Path jar;
  private String classPath;

  @BeforeEach
  void makeAClassPath() throws IOException {
    archives = directory.resolve("archives");
    jar = Files.writeString(directory.resolve("a.jar"), "a");
    classPath = jar + File.pathSeparator + Files.writeString(directory.resolve("b.jar"), "b");
  }

  @Test
  void shouldBeMadeByTheFirstRunAndUsedByThoseAfterIt() throws IOException {
    Path made = asked("-XX:ArchiveClassesAtExit=");
    assertThat(asked("-XX:ArchiveClassesAtExit=")).isEqualTo(made);

    Files.write(made, WRITTEN);
    assertThat(asked("-XX:SharedArchiveFile=")).isEqualTo(made);
  }

  @Test
  void shouldBeMadeAgainIfTheJvmWasKilledMeanwhile() throws IOException {
    Path made = asked("-XX:ArchiveClassesAtExit=");
    Files.write(made, BROKEN_OFF);

    assertThat(asked("-XX:ArchiveClassesAtExit=")).isEqualTo(made).doesNotExist();
  }

  @Test
  void shouldBeAnotherOneForOtherJars() throws IOException {
    Path made = Files.write(asked("-XX:ArchiveClassesAtExit="), WRITTEN);

    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
    Path next = Files.write(asked("-XX:ArchiveClassesAtExit="), WRITTEN);

    assertThat(next).isNotEqualTo(made);
    asked("-XX:SharedArchiveFile=");
    try (Stream<Path> left = Files.list(archives)) {
      assertThat(left).containsExactly(next);
    }
  }

  /** The file that the last flag names, which has to be this one. */
  private Path asked(String flag) {
    List<String> flags = ClassArchive.flags(archives, classPath);
    String last = flags.get(flags.size() - 1);
    assertThat(last).startsWith(flag);
    return Path.of(last.substring(flag.length()));
  }
}
