package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds documents, messages and comments to sentences that can be read once. */
class PlainEnglishTest {

  @TempDir private Path directory;

  @Test
  void shouldFindNothingInDocumentsAndMessages() throws IOException {
    try (Stream<Path> top = Files.list(Repository.ROOT)) {
      assertThat(
              Stream.concat(
                      top.filter(file -> file.toString().endsWith(".md")).sorted(),
                      Stream.of(
                              "docs",
                              "deploy",
                              "examples",
                              "connectors/src/main/resources",
                              "dashboard-api/src/main/resources/io")
                          .flatMap(
                              path -> PlainEnglish.files(Repository.ROOT.resolve(path)).stream())
                          .filter(file -> !file.toString().endsWith(".java")))
                  .flatMap(file -> PlainEnglish.findings(file).stream()))
          .isEmpty();
    }
  }

  @Test
  void shouldFindNothingInCommentsOfTheCode() {
    assertThat(
            Arrays.stream(ArchitectureRules.Module.values())
                .map(module -> Repository.ROOT.resolve(module.path).resolve("src/main/java"))
                .flatMap(sources -> PlainEnglish.files(sources).stream())
                .flatMap(file -> PlainEnglish.findings(file).stream()))
        .isEmpty();
  }

  @Test
  void shouldCountTheWordsOfASentence() throws IOException {
    assertThat(findings("A.md", "word ".repeat(31) + "."))
        .singleElement()
        .asString()
        .contains("31 words");
    assertThat(findings("A.md", "word ".repeat(30) + ".")).isEmpty();
    assertThat(findings("A.md", "`a b c` ".repeat(30) + ".")).isEmpty();
    assertThat(findings("A.md", ("word ".repeat(20) + ". W").repeat(3))).isEmpty();
    assertThat(findings("A.md", "```\n" + "word ".repeat(31) + "\n```\n")).isEmpty();
  }

  @Test
  void shouldFlagHiddenSubjects() throws IOException {
    assertThat(findings("A.md", "Whoever reads the aim may refuse it.")).hasSize(1);
    assertThat(findings("a.properties", "key=Nobody is at risk.")).hasSize(1);
    assertThat(findings("A.md", "What is waited for is health.")).hasSize(1);
    assertThat(findings("A.java", "/** A name of ours. */ class A {}")).hasSize(1);
    assertThat(findings("A.sql", "-- Nobody may read it.\nselect 1;")).hasSize(1);
    assertThat(findings("A.java", "class A { String s = \"nobody\"; }")).isEmpty();
  }

  private List<PlainEnglish.Finding> findings(String name, String text) throws IOException {
    return PlainEnglish.findings(Files.writeString(directory.resolve(name), text));
  }
}
