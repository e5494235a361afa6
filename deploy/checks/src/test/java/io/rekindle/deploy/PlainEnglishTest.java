package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds documents, messages and comments to sentences that can be read once. */
class PlainEnglishTest {

  @TempDir private Path directory;

  @Test
  void shouldFindNothingInDocumentsMessagesDescriptionsAndComments() {
    List<Path> files = PlainEnglish.files(Repository.ROOT);

    assertThat(files.stream().map(Path::toString))
        .anyMatch(file -> file.endsWith("openapi/rekindle.yaml"))
        .anyMatch(file -> file.endsWith("rules/rekindle.yml"))
        .anyMatch(file -> file.endsWith("contracts/asyncapi.json"))
        .anyMatch(file -> file.endsWith(".env.example"))
        .anyMatch(file -> file.endsWith("deploy/operations/rehearse"))
        .anyMatch(file -> file.endsWith("static/app.js"))
        .anyMatch(file -> file.endsWith("/pom.xml"))
        .anyMatch(file -> file.endsWith("Outbox.java"));
    assertThat(files.stream().flatMap(file -> PlainEnglish.findings(file).stream())).isEmpty();
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
    assertThat(findings("messages.properties", "key=Nobody is at risk.")).hasSize(1);
    assertThat(findings("A.md", "What is waited for is health.")).hasSize(1);
  }

  @Test
  void shouldReadComments() throws IOException {
    assertThat(findings("A.java", "/** A name of ours. */ class A {}")).hasSize(1);
    assertThat(findings("A.java", "int a; // Nobody asks.")).hasSize(1);
    assertThat(findings("A.sql", "-- Nobody may read it.\nselect 1;")).hasSize(1);
    assertThat(findings("a.js", "// Nobody\n// asks.\n/* Whoever asks. */ f('nobody');"))
        .hasSize(2);
    assertThat(findings("a.css", "/* A colour of ours. */ a { }")).hasSize(1);
    assertThat(findings("pom.xml", "<a><!-- Nobody\n reads it. --></a>")).hasSize(1);
    assertThat(findings("a.jte", "<%-- Nobody reads it. --%>${nobody}")).hasSize(1);
    assertThat(findings("a.conf", "# Nobody may read it.\nkey = nobody # or ours")).hasSize(2);
    assertThat(findings("a.yaml", "# Nobody may read it.\nuser: nobody\n")).hasSize(1);
  }

  @Test
  void shouldReadStringsThatAreSentences() throws IOException {
    String text = "A list that nobody reads: \" + list + \" of ours.";
    assertThat(findings("A.java", "String s = \"" + text + "\";")).hasSize(2);
    assertThat(
            findings("A.java", "f(\"" + "word ".repeat(20) + "\"\n + \"" + "w ".repeat(11) + "\")"))
        .singleElement()
        .asString()
        .contains("31 words");
    assertThat(findings("A.java", "f(\"" + "word ".repeat(20) + "\", \"" + "w ".repeat(11) + "\")"))
        .isEmpty();
    assertThat(findings("A.java", "class A { String s = \"nobody\"; }")).isEmpty();
    assertThat(findings("A.java", "String s = \"select a, b from nobody\";")).isEmpty();
    assertThat(findings("A.java", "String s = \"\"\"\n a select for nobody at all\n\"\"\";"))
        .isEmpty();
  }

  @Test
  void shouldReadDescriptions() throws IOException {
    assertThat(findings("a.json", "{\"description\": \"Nobody asks.\", \"user\": \"nobody\"}"))
        .hasSize(1);
    assertThat(findings("a.yaml", "a:\n  summary: Nobody asks\n  user: nobody\n")).hasSize(1);
    assertThat(
            findings("a.yml", "- description: |\n    One asks.\n\n    Nobody\n    answers.\n- b"))
        .singleElement()
        .asString()
        .contains("a.yml:4", "Nobody answers.");
    assertThat(findings("a.yml", "title: " + "word ".repeat(20) + "\nhelp: " + "w ".repeat(11)))
        .isEmpty();
  }

  private List<PlainEnglish.Finding> findings(String name, String text) throws IOException {
    return PlainEnglish.findings(Files.writeString(directory.resolve(name), text));
  }
}
