package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.events.OutreachVariant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dashboard names the prompts that the writer has. */
class PromptsTest {

  @Test
  void shouldNameEveryPromptOfTheWriterAndNoOther() throws IOException {
    try (Stream<Path> files =
        Files.list(
            Repository.ROOT.resolve(
                "email-sink/src/main/resources/io/rekindle/email/llm/prompts"))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(".system.txt"))
                  .map(name -> name.replace(".system.txt", "")))
          .containsExactlyInAnyOrderElementsOf(OutreachVariant.PROMPTS);
    }
  }
}
