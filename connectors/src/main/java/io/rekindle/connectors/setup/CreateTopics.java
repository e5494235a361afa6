package io.rekindle.connectors.setup;

import io.rekindle.connectors.kafka.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics that a Kafka cluster lacks, as a program of its own. Settings come from the
 * environment; it may run as often as one likes, and changes nothing the second time.
 */
public final class CreateTopics {

  private static final Logger LOG = LoggerFactory.getLogger(CreateTopics.class);

  private static final String HELP =
      """
      Usage: java -cp ... io.rekindle.connectors.setup.CreateTopics

      Creates the topics that are missing. Settings come from the environment:

        REKINDLE_KAFKA_BOOTSTRAP_SERVERS  Kafka brokers, host:port, comma separated. Required.
        REKINDLE_TOPIC_PARTITIONS         Partitions of the topics that are partitioned by user. Default: 4
      """;

  private static final String BOOTSTRAP = "REKINDLE_KAFKA_BOOTSTRAP_SERVERS";

  private CreateTopics() {}

  /** Exit codes: 0 all are there, 1 Kafka refused, 2 wrong settings or arguments. */
  public static void main(String[] args) throws InterruptedException {
    Programs.check(args, HELP, problems(System.getenv()));
    String servers = System.getenv(BOOTSTRAP);
    Topics topics = Topics.from(System.getenv());
    try (AdminClient admin =
        AdminClient.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers))) {
      topics.create(admin);
      LOG.info("All {} topics are there.", topics.all().size());
    } catch (KafkaException | IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** What is wrong with the settings, a sentence each. */
  static List<String> problems(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    if (environment.getOrDefault(BOOTSTRAP, "").isBlank()) {
      problems.add(BOOTSTRAP + " is not set: give the brokers, as in 127.0.0.1:9092.");
    }
    try {
      Topics.from(environment);
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
    return problems;
  }
}
