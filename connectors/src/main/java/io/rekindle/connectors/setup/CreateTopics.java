package io.rekindle.connectors.setup;

import io.rekindle.connectors.kafka.KafkaAccess;
import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that a Kafka cluster lacks, and gives each part its rights, as a program of
 * its own. A second run changes nothing.
 */
public final class CreateTopics {

  private static final Logger LOG = LoggerFactory.getLogger(CreateTopics.class);

  /** Every setting of the program. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -cp ... io.rekindle.connectors.setup.CreateTopics",
          """
          The program creates the topics that are missing. With a key it also gives each part the
          rights that it needs, and takes others from it; the key must be a super user's.""",
          Sources.ENVIRONMENT,
          values -> {});

  private static final Setting<String> BOOTSTRAP =
      SETTINGS
          .declare("kafka.bootstrap-servers", SettingType.text())
          .required("Kafka brokers, host:port, separated by commas.");

  private static final Setting<Optional<Path>> TLS = KafkaLogin.declareTls(SETTINGS);

  private static final Setting<Integer> PARTITIONS = TopicPartitions.declare(SETTINGS);

  private CreateTopics() {}

  /** Exit codes: 0 all topics exist, 1 Kafka refused, 2 wrong settings or arguments. */
  public static void main(String[] args) throws InterruptedException {
    SettingValues values = SETTINGS.readOrExit(args);
    Topics topics = Topics.standard().withPartitions(values.get(PARTITIONS));
    try (AdminClient admin =
        AdminClient.create(
            new KafkaLogin(values.get(BOOTSTRAP), values.get(TLS).orElse(null)).settings())) {
      topics.create(admin);
      LOG.info("All {} topics are there.", topics.all().size());
      if (values.get(TLS).isPresent()) {
        KafkaAccess.grant(admin, topics);
        LOG.info("Each part has its rights.");
      }
    } catch (KafkaException | IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
