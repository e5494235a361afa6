package io.rekindle.connectors.setup;

import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.ProgramSettings.Sources;
import io.rekindle.platform.settings.Setting;
import io.rekindle.platform.settings.SettingType;
import io.rekindle.platform.settings.SettingValues;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that a Kafka cluster lacks, as a program of its own. A second run changes
 * nothing.
 */
public final class CreateTopics {

  private static final Logger LOG = LoggerFactory.getLogger(CreateTopics.class);

  /** Every setting of the program. */
  public static final ProgramSettings SETTINGS =
      new ProgramSettings(
          "java -cp ... io.rekindle.connectors.setup.CreateTopics",
          "The program creates the topics that are missing.",
          Sources.ENVIRONMENT,
          values -> {});

  private static final Setting<String> BOOTSTRAP =
      SETTINGS
          .declare("kafka.bootstrap-servers", SettingType.text())
          .required("Kafka brokers, host:port, separated by commas.");

  private static final Setting<Integer> PARTITIONS = TopicPartitions.declare(SETTINGS);

  private CreateTopics() {}

  /** Exit codes: 0 all topics exist, 1 Kafka refused, 2 wrong settings or arguments. */
  public static void main(String[] args) throws InterruptedException {
    SettingValues values = SETTINGS.readOrExit(args);
    Topics topics = Topics.standard().withPartitions(values.get(PARTITIONS));
    try (AdminClient admin =
        AdminClient.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, values.get(BOOTSTRAP)))) {
      topics.create(admin);
      LOG.info("All {} topics are there.", topics.all().size());
    } catch (KafkaException | IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }
}
