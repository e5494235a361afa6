package io.rekindle.local.cli;

import io.rekindle.connectors.deadletter.DeadLetter;
import io.rekindle.connectors.deadletter.DeadLetterReason;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.replay.DeadLetterReplay;
import io.rekindle.local.deadletters.DeadLetterLog;
import io.rekindle.local.deadletters.Printable;
import io.rekindle.local.server.StackInfo;
import io.rekindle.local.terminal.Failure;
import io.rekindle.local.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rekindle dead-letters}. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show | replay)",
    description = {
      "Lists, shows and replays the records that the pipeline could not read.",
      "An ID is the place where the pipeline read the record: topic-partition-offset."
    })
public final class DeadLettersCommand implements Runnable {

  private static final int SHOWN_BYTES = 4_096;
  private static final int SHOWN_TEXT = 1_000;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists dead letters with reason and origin, the newest first.")
  int list(
      @Mixin DataOption data,
      @Option(
              names = "--reason",
              paramLabel = "REASON",
              description = "Lists dead letters with this reason only: ${COMPLETION-CANDIDATES}.")
          DeadLetterReason reason,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "The most dead letters to list (default: ${DEFAULT-VALUE}).")
          int limit) {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, DeadLetter> byId = new LinkedHashMap<>();
    read(
        data,
        letter -> {
          if (reason == null || letter.reason() == reason) {
            // Removed first, so that a letter stored twice takes the place of its last record.
            byId.remove(letter.id());
            // A list needs no values, and they may be large.
            byId.put(letter.id(), letter.with(null, null));
          }
        });
    List<DeadLetter> letters = new ArrayList<>(byId.values());
    Collections.reverse(letters);
    for (DeadLetter letter : letters.subList(0, Math.min(limit, letters.size()))) {
      out.printf(
          "%s  %s  %s  %s%n",
          letter.id(),
          Instant.ofEpochMilli(letter.timestamp()),
          letter.reason(),
          text(letter.error()));
    }
    out.printf("%d dead letters%n", letters.size());
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows one dead letter in full. Bytes that a terminal cannot show are escaped.")
  int show(
      @Mixin DataOption data,
      @Parameters(paramLabel = "ID", description = "The ID in the list.") String id,
      @Option(
              names = "--value",
              paramLabel = "FILE",
              description = "Also writes the original value to this file, for a repair.")
          Path file)
      throws IOException {
    DeadLetter letter = find(data, id);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("id         %s%n", letter.id());
    out.printf("topic      %s%n", letter.topic());
    out.printf("partition  %d%n", letter.partition());
    out.printf("offset     %d%n", letter.offset());
    out.printf("timestamp  %s%n", Instant.ofEpochMilli(letter.timestamp()));
    out.printf("reason     %s%n", letter.reason());
    out.printf("error      %s%n", text(letter.error()));
    out.printf("version    %s%n", text(letter.version()));
    out.printf("key        %s%n", Printable.of(letter.key(), SHOWN_BYTES));
    out.printf("value      %s%n", Printable.of(letter.value(), SHOWN_BYTES));
    if (file != null) {
      if (letter.value() == null) {
        throw new Failure("the value of " + id + " is null: there is nothing to write");
      }
      Files.write(file, letter.value());
    }
    return 0;
  }

  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Sends a record again to its topic and partition, unchanged or repaired. The command refuses"
            + " a record that the pipeline would refuse again, and a record of a row that was"
            + " deleted since."
      })
  int replay(
      @Mixin DataOption data,
      @Parameters(paramLabel = "ID", arity = "0..1", description = "The ID in the list.") String id,
      @Option(
              names = "--value",
              paramLabel = "FILE",
              description = "The file with the repaired value.")
          Path valueFile,
      @Option(names = "--key", paramLabel = "TEXT", description = "The repaired key.") String key,
      @Option(names = "--all", description = "Replays every dead letter instead of one.")
          boolean all,
      @Option(
              names = "--reason",
              paramLabel = "REASON",
              description = "With --all, replays this reason only: ${COMPLETION-CANDIDATES}.")
          DeadLetterReason reason,
      @Option(
              names = "--force",
              description =
                  "Also replays records that the pipeline would refuse again, and records of deleted"
                      + " rows, which come back.")
          boolean force)
      throws IOException, InterruptedException {
    if (all == (id != null)) {
      throw new Failure("name the ID of one dead letter, or --all", 2);
    }
    if (all && (valueFile != null || key != null)) {
      throw new Failure("--value and --key repair one dead letter: name its ID, not --all", 2);
    }
    byte[] value = valueFile == null ? null : Files.readAllBytes(valueFile);
    byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    Map<String, DeadLetter> letters = new LinkedHashMap<>();
    if (all) {
      read(
          data,
          letter -> {
            if (reason == null || letter.reason() == reason) {
              letters.put(letter.id(), letter);
            }
          });
    } else {
      letters.put(id, DeadLetterReplay.repaired(find(data, id), keyBytes, value));
    }
    return replay(StackInfo.read(data.path()), letters.values(), force);
  }

  private int replay(StackInfo stack, Collection<DeadLetter> letters, boolean force)
      throws InterruptedException {
    try (Connection database = force ? null : stack.ownerDatabase().getConnection()) {
      return replay(stack.kafka(), letters, database);
    } catch (SQLException e) {
      throw new Failure(
          "the rows cannot be looked up, and --force replays without: " + e.getMessage(), e);
    }
  }

  /** Replays letters; without a check if the database is null. */
  private int replay(KafkaLogin kafka, Collection<DeadLetter> letters, Connection database)
      throws InterruptedException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    int refused = 0;
    Map<String, Object> settings = kafka.settings(Map.of("acks", "all"));
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        Progress progress = Progress.onStandardErrorIfSlow()) {
      DeadLetterReplay replay = new DeadLetterReplay(producer);
      long tried = 0;
      for (DeadLetter letter : letters) {
        tried++;
        progress.count("replaying", tried, letters.size());
        Optional<String> obstacle =
            database == null ? Optional.empty() : obstacle(replay, letter, database);
        String outcome;
        if (obstacle.isPresent()) {
          refused++;
          outcome = "not replayed, " + text(obstacle.get());
        } else {
          outcome = "replayed to " + send(replay, letter);
        }
        progress.erase();
        out.printf("%s %s%n", letter.id(), outcome);
      }
    }
    return refused == 0 ? 0 : 1;
  }

  private static Optional<String> obstacle(
      DeadLetterReplay replay, DeadLetter letter, Connection database) throws SQLException {
    long now = System.currentTimeMillis();
    Optional<String> rejection = replay.rejection(letter, now);
    return rejection.isPresent()
        ? rejection.map(why -> "it would be refused again: " + why)
        : replay.missingRow(letter, database, now).map(why -> why + ": --force does");
  }

  private static String send(DeadLetterReplay replay, DeadLetter letter)
      throws InterruptedException {
    try {
      return replay.send(letter);
    } catch (IOException e) {
      throw new Failure(e.getMessage(), e);
    }
  }

  private DeadLetter find(DataOption data, String id) {
    DeadLetter[] found = new DeadLetter[1];
    read(
        data,
        letter -> {
          if (letter.id().equals(id)) {
            found[0] = letter;
          }
        });
    if (found[0] == null) {
      throw new Failure(
          "no dead letter '%s': `rekindle dead-letters list` has the IDs".formatted(id));
    }
    return found[0];
  }

  /** Reads all dead letters, the oldest first. */
  private void read(DataOption data, Consumer<DeadLetter> letters) {
    KafkaLogin kafka = StackInfo.read(data.path()).kafka();
    PrintWriter err = spec.commandLine().getErr();
    try (Progress progress = Progress.onStandardErrorIfSlow()) {
      new DeadLetterLog(kafka, Topics.standard().deadLetters().name(), progress)
          .forEach(
              letters,
              problem -> {
                progress.erase();
                err.println("warning: " + text(problem));
              });
    }
  }

  private static String text(String fromOutside) {
    return Printable.of(fromOutside.getBytes(StandardCharsets.UTF_8), SHOWN_TEXT);
  }
}
