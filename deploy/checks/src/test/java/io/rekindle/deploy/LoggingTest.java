package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.slf4j.SLF4JServiceProvider;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What containers write to standard output, by their own file. */
class LoggingTest {

  private static final Path FILE =
      Repository.ROOT.resolve("deploy/config/logging/console.properties");

  /** SLF4J over Log4j alone: the dashboard's jar, on this test's class path, has a provider too. */
  private static final String CLASS_PATH =
      Stream.of(
              Speaker.class,
              Logger.class,
              LogManager.class,
              LoggerContext.class,
              JsonTemplateLayout.class,
              SLF4JServiceProvider.class)
          .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
          .map(location -> Path.of(URI.create(location.toString())).toString())
          .distinct()
          .collect(Collectors.joining(File.pathSeparator));

  @Test
  void shouldWriteAnObjectALine() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : logged("json")) {
      lines.add(new ObjectMapper().readTree(line));
    }

    assertThat(lines).hasSize(2);
    JsonNode failure = lines.get(0);
    assertThat(failure.get("@timestamp").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(failure.get("log.level").asText()).isEqualTo("ERROR");
    assertThat(failure.get("log.logger").asText()).isEqualTo(Speaker.class.getName());
    assertThat(failure.get("message").asText()).isEqualTo("Request a1b2c3d4 \"failed\"\nfor good");
    assertThat(failure.get("requestId").asText()).isEqualTo("a1b2c3d4");
    assertThat(failure.get("error.type").asText()).isEqualTo("java.lang.IllegalStateException");
    assertThat(failure.get("error.stack_trace").asText()).contains("why", "at io.rekindle.deploy");
    assertThat(lines.get(1).get("message").asText()).isEqualTo("on we go");
    assertThat(lines.get(1).has("requestId")).isFalse();
  }

  @Test
  void shouldWriteForPeopleUnlessToldOtherwise() throws Exception {
    assertThat(logged(null))
        .startsWith(
            "[time] ERROR i.r.d.LoggingTest$Speaker - Request a1b2c3d4 \"failed\"", "for good")
        .endsWith("[time] INFO  i.r.d.LoggingTest$Speaker - on we go");
  }

  /** What a process in a container would write, without the time of day. */
  private static List<String> logged(String format) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dlog4j2.configurationFile=" + FILE.toUri(),
            "-Dlog4j2.disableJmx=true",
            Speaker.class.getName());
    builder.environment().put("CLASSPATH", CLASS_PATH);
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    if (format != null) {
      builder.environment().put("REKINDLE_LOG_FORMAT", format);
    }
    Process process = builder.redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return output
          .lines()
          .map(line -> line.replaceFirst("^\\d{4}-\\d\\d-\\d\\dT\\S+Z ", "[time] "))
          .toList();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Says what our services say, and one thing that nobody has to hear of. */
  static final class Speaker {

    private static final Logger LOG = LoggerFactory.getLogger(Speaker.class);

    private Speaker() {}

    public static void main(String[] args) {
      MDC.put("requestId", "a1b2c3d4");
      LOG.error("Request {} \"failed\"\nfor good", "a1b2c3d4", new IllegalStateException("why"));
      MDC.remove("requestId");
      LOG.warn("RECEIVED SIGNAL 15: SIGTERM. Shutting down as requested.");
      LOG.info("on we go");
    }
  }
}
