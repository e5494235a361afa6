package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.setup.ConnectorMain;
import io.rekindle.connectors.setup.CreateTopics;
import io.rekindle.connectors.setup.Migrate;
import io.rekindle.dashboard.DashboardSettings;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.job.JobSettings;
import io.rekindle.platform.rest.FlinkReader;
import io.rekindle.platform.settings.ProgramSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the reference pages of all settings to the programs. */
class SettingsReferenceTest {

  private static final String REGENERATE =
      "mvn -pl deploy/checks -am test -Dtest=SettingsReferenceTest -Drekindle.write-docs"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  /** A page of {@code docs/reference}. */
  private enum Page {
    JOB("settings-job.md", "Settings of the job", JobSettings.SETTINGS.markdown()),
    DASHBOARD(
        "settings-dashboard.md",
        "Settings of the dashboard",
        DashboardSettings.SETTINGS.markdown()
            + "\n[Sign-in at an OpenID provider](../operations.md#signing-in-at-an-openid-provider)"
            + " has an example.\n"),
    SENDER("settings-sender.md", "Settings of the sender", SenderSettings.SETTINGS.markdown()),
    SETUP(
        "settings-setup.md",
        "Settings of the set-up programs",
        "## Migrate\n"
            + Migrate.SETTINGS.markdown()
            + "\n## CreateTopics\n"
            + CreateTopics.SETTINGS.markdown()
            + "\n## ConnectorMain\n"
            + ConnectorMain.SETTINGS.markdown()
            + "\n## FlinkReader\n"
            + FlinkReader.SETTINGS.markdown());

    private final Path file;
    private final String text;

    Page(String file, String title, String body) {
      this.file = Repository.ROOT.resolve("docs/reference").resolve(file);
      this.text =
          "# "
              + title
              + "\n\nA test writes and compares this page: `"
              + REGENERATE
              + "`.\n\n"
              + body;
    }
  }

  static Stream<ProgramSettings> programs() {
    return Stream.of(
        JobSettings.SETTINGS,
        DashboardSettings.SETTINGS,
        SenderSettings.SETTINGS,
        Migrate.SETTINGS,
        CreateTopics.SETTINGS,
        ConnectorMain.SETTINGS,
        FlinkReader.SETTINGS);
  }

  /** With {@code -Drekindle.write-docs} the pages are written instead. */
  @ParameterizedTest
  @EnumSource
  void shouldDocumentEverySetting(Page page) throws Exception {
    if (System.getProperty("rekindle.write-docs") != null) {
      Files.createDirectories(page.file.getParent());
      Files.writeString(page.file, page.text);
    }
    assertThat(page.file)
        .as("the reference is stale; write it anew: " + REGENERATE)
        .hasContent(page.text);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void shouldExplainEverySettingInHelp(ProgramSettings program) {
    assertThat(program.help()).contains(KnownSettings.of(program));
  }
}
