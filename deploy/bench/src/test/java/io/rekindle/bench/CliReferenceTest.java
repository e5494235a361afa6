package io.rekindle.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.local.cli.Rekindle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Holds docs/reference/cli.md to the commands. The test is in this module since the local stack
 * does not know the command {@code bench}.
 */
class CliReferenceTest {

  private static final Path DOCUMENT = Path.of("../../docs/reference/cli.md");
  private static final String WRITE =
      "mvn -pl deploy/bench -am test -Dtest=CliReferenceTest -Drekindle.write-docs"
          + " -Dsurefire.failIfNoSpecifiedTests=false";
  private static final String DATA = "--data";

  @Test
  void shouldListEveryCommandAndOption() throws IOException {
    String expected = reference(Rekindle.commandLine().setUsageHelpWidth(100));
    if (System.getProperty("rekindle.write-docs") != null) {
      Files.writeString(DOCUMENT, expected);
    }
    assertThat(Files.readString(DOCUMENT))
        .as("docs/reference/cli.md; to write it again: " + WRITE)
        .isEqualTo(expected);
  }

  @Test
  void shouldDescribeEveryOptionInSentences() {
    assertThat(commands(Rekindle.commandLine()))
        .allSatisfy(
            command ->
                assertThat(command.getCommandSpec().options())
                    .allSatisfy(
                        option ->
                            assertThat(text(option.description())).matches("(?s)[A-Z].*\\.")));
  }

  @Test
  void shouldTakeTheDirectoryInEveryCommandThatRuns() {
    assertThat(commands(Rekindle.commandLine()))
        .filteredOn(command -> command.getSubcommands().isEmpty())
        .allSatisfy(command -> assertThat(command.getCommandSpec().optionsMap()).containsKey(DATA));
  }

  private static String reference(CommandLine root) {
    StringBuilder page = new StringBuilder();
    page.append("# Commands\n\n");
    page.append("`")
        .append(root.getCommandName())
        .append("` is the script at the top of the repository. ");
    page.append("It builds whatever has changed and then runs one of these commands.\n");
    page.append("A test writes and compares this page: `").append(WRITE).append("`.\n\n");
    page.append("| command | summary |\n|---|---|\n");
    for (CommandLine command : commands(root)) {
      String name = command.getCommandSpec().qualifiedName();
      page.append(
          "| [`%s`](#%s) | %s |\n".formatted(name, name.replace(' ', '-'), summary(command)));
    }
    page.append("\n## Every command\n\n| option | meaning |\n|---|---|\n");
    row(page, commands(root).get(0).getCommandSpec().optionsMap().get(DATA));
    root.getCommandSpec().options().forEach(option -> row(page, option));
    page.append(
        "\nThe exit code is 0 if the command is done, 1 if it failed and 2 if its usage is wrong. ");
    page.append("A command with other exit codes lists them.\n");
    commands(root).forEach(command -> section(page, command));
    return page.toString();
  }

  private static void section(StringBuilder page, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append("\n## ").append(spec.qualifiedName()).append("\n\n");
    page.append("```\n").append(help(command).synopsis(0).strip()).append("\n```\n");
    Stream.of(spec.usageMessage().description())
        .filter(paragraph -> !paragraph.isBlank())
        .forEach(paragraph -> page.append('\n').append(paragraph.strip()).append('\n'));
    List<OptionSpec> options =
        spec.options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .filter(option -> !option.longestName().equals(DATA))
            .sorted(Comparator.comparing(OptionSpec::longestName))
            .toList();
    if (!options.isEmpty() || !spec.positionalParameters().isEmpty()) {
      page.append("\n| option | meaning |\n|---|---|\n");
      for (PositionalParamSpec parameter : spec.positionalParameters()) {
        row(page, parameter.paramLabel(), text(parameter.description()));
      }
      options.forEach(option -> row(page, option));
    }
    if (!spec.usageMessage().exitCodeList().isEmpty()) {
      page.append("\n| exit code | meaning |\n|---|---|\n");
      spec.usageMessage().exitCodeList().forEach((code, text) -> row(page, code, text));
    }
  }

  private static void row(StringBuilder page, OptionSpec option) {
    String names = String.join(", ", option.names());
    row(
        page,
        option.arity().max() == 0 ? names : names + " " + option.paramLabel(),
        (option.required() ? "Required. " : "") + text(option.description()));
  }

  private static void row(StringBuilder page, String name, String meaning) {
    page.append("| `%s` | %s |\n".formatted(name.replace("|", "\\|"), meaning.replace("|", "\\|")));
  }

  /** The commands that run something, each group of subcommands by name. */
  private static List<CommandLine> commands(CommandLine parent) {
    List<CommandLine> commands = new ArrayList<>();
    parent
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (command.getCommand() instanceof HelpCommand) {
                return;
              }
              if (command.getSubcommands().isEmpty()) {
                commands.add(command);
              } else {
                // Java does not promise the order of the methods that these are made of.
                commands.addAll(new TreeMap<>(command.getSubcommands()).values());
              }
            });
    return commands;
  }

  private static String summary(CommandLine command) {
    String description = command.getCommandSpec().usageMessage().description()[0];
    int end = description.indexOf(". ");
    return (end < 0 ? description : description.substring(0, end + 1)).replace("|", "\\|");
  }

  private static Help help(CommandLine command) {
    return new Help(command.getCommandSpec(), Help.defaultColorScheme(Help.Ansi.OFF));
  }

  private static String text(String... lines) {
    return String.join(" ", lines);
  }
}
