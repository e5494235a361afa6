package io.rekindle.connectors.kafka;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rekindle.platform.text.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Every topic of the system. The file {@code topics.json} of this package is the only place of
 * names, partitions, retention and sizes.
 *
 * @param users changes of shop.users, partitioned by user
 * @param orders changes of shop.orders, partitioned by the user that the order belongs to
 * @param emails changes of engagement.emails, partitioned by user
 * @param overrides changes of engagement.score_overrides, partitioned by user
 * @param suppressions changes of engagement.suppressions, partitioned by user
 * @param policies changes of engagement.scoring_policies; one partition
 * @param outreachSettings changes of engagement.outreach_settings; one partition
 * @param models changes of engagement.models; one partition
 * @param audienceChanges changes of engagement.audience_changes, partitioned by user, for other
 *     consumers: the job does not read them
 * @param outreach the job's requests to write an email: JSON, keyed by user_id
 * @param scoreChanges score changes that the job publishes for other consumers: JSON, keyed by
 *     user_id
 * @param deadLetters records that a decoder refused
 * @param heartbeat Debezium's heartbeat topic, which has no reader
 */
public record Topics(
    Topic users,
    Topic orders,
    Topic emails,
    Topic overrides,
    Topic suppressions,
    Topic policies,
    Topic outreachSettings,
    Topic models,
    Topic audienceChanges,
    Topic outreach,
    Topic scoreChanges,
    Topic deadLetters,
    Topic heartbeat) {

  private static final String RESOURCE = "/io/rekindle/connectors/topics.json";

  /** The topics as shipped. */
  public static Topics standard() {
    try {
      return new ObjectMapper().readValue(Resources.get(Topics.class, RESOURCE), Topics.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
  }

  /** Returns these topics with another number of partitions for topics partitioned by user. */
  public Topics withPartitions(int count) {
    List<Topic> others = List.of(policies, outreachSettings, models, deadLetters, heartbeat);
    return map(topic -> others.contains(topic) ? topic : topic.withPartitions(count));
  }

  /**
   * Returns these topics with the names of a connector whose {@code topic.prefix} is not {@code
   * rekindle}.
   */
  public Topics withPrefix(String prefix) {
    return map(topic -> topic.withPrefix(prefix));
  }

  /**
   * Returns these topics with the numbers of partitions that Kafka has.
   *
   * @throws IllegalStateException if a captured topic is missing, or if the topics that are
   *     partitioned by user differ in number. The message names the procedure.
   */
  public Topics existing(AdminClient admin) throws InterruptedException {
    try {
      Set<String> known = admin.listTopics().names().get();
      List<String> ours = all().stream().map(Topic::name).filter(known::contains).toList();
      Map<String, Integer> partitions =
          admin.describeTopics(ours).allTopicNames().get().values().stream()
              .collect(Collectors.toMap(TopicDescription::name, t -> t.partitions().size()));
      return withPartitions(partitions);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "Cannot ask Kafka for the topics: " + e.getCause().getMessage(), e);
    }
  }

  /**
   * Returns these topics with the numbers of partitions by topic, and refuses as {@link #existing}.
   */
  Topics withPartitions(Map<String, Integer> partitions) {
    List<String> missing =
        captured().stream().map(Topic::name).filter(name -> !partitions.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "Kafka has no topic " + String.join(", ", missing) + ": create the topics first");
    }
    Topics existing =
        map(
            topic ->
                topic.withPartitions(partitions.getOrDefault(topic.name(), topic.partitions())));
    if (existing.changes().stream().mapToInt(Topic::partitions).distinct().count() > 1) {
      throw new IllegalStateException(
          existing.changes().stream()
                  .map(topic -> topic.name() + " has " + topic.partitions() + " partitions")
                  .collect(Collectors.joining(", "))
              + ". Users are assigned to partitions by number, so all of them need the same number:"
              + " follow \"Change the number of partitions\" in docs/operations.md");
    }
    return existing;
  }

  private Topics map(UnaryOperator<Topic> change) {
    return new Topics(
        change.apply(users),
        change.apply(orders),
        change.apply(emails),
        change.apply(overrides),
        change.apply(suppressions),
        change.apply(policies),
        change.apply(outreachSettings),
        change.apply(models),
        change.apply(audienceChanges),
        change.apply(outreach),
        change.apply(scoreChanges),
        change.apply(deadLetters),
        change.apply(heartbeat));
  }

  public List<Topic> all() {
    return List.of(
        users,
        orders,
        emails,
        overrides,
        suppressions,
        policies,
        outreachSettings,
        models,
        audienceChanges,
        outreach,
        scoreChanges,
        deadLetters,
        heartbeat);
  }

  /** The topics with changes of single users, which are the job's main input. */
  public List<Topic> changes() {
    return List.of(users, orders, emails, overrides, suppressions);
  }

  /** The topics with rule changes, which are the job's second input. */
  public List<Topic> ruleChanges() {
    return List.of(policies, outreachSettings, models);
  }

  /**
   * The topics that Debezium fills for the job. Each partition of them has a row in {@code
   * engagement.clock}.
   */
  public List<Topic> captured() {
    return Stream.concat(changes().stream(), ruleChanges().stream()).toList();
  }

  /** The topics that Debezium fills for consumers other than the job. They have no ticks. */
  public List<Topic> forOthers() {
    return List.of(audienceChanges);
  }

  /**
   * Creates the missing topics, with the broker's default replication.
   *
   * @throws IllegalStateException if a topic exists with another number of partitions. The message
   *     names each topic and the fix, and no topic is created.
   */
  public void create(AdminClient admin) throws InterruptedException {
    try {
      Set<String> existing = admin.listTopics().names().get();
      List<String> ours = all().stream().map(Topic::name).filter(existing::contains).toList();
      refuseMismatches(admin.describeTopics(ours).allTopicNames().get());
      List<NewTopic> missing =
          all().stream()
              .filter(topic -> !existing.contains(topic.name()))
              .map(Topics::spec)
              .toList();
      for (var created : admin.createTopics(missing).values().entrySet()) {
        try {
          created.getValue().get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw e;
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot create the topics: " + e.getCause().getMessage(), e);
    }
  }

  private void refuseMismatches(Map<String, TopicDescription> existing) {
    Map<String, Topic> required = all().stream().collect(Collectors.toMap(Topic::name, t -> t));
    List<String> mismatches = new ArrayList<>();
    for (TopicDescription description : existing.values()) {
      int actual = description.partitions().size();
      int expected = required.get(description.name()).partitions();
      if (actual != expected) {
        mismatches.add(
            "topic " + description.name() + " has " + actual + " partitions, not " + expected);
      }
    }
    if (!mismatches.isEmpty()) {
      throw new IllegalStateException(
          String.join("; ", mismatches)
              + ". Users are assigned to partitions by number: configure the number that exists, or"
              + " follow \"Change the number of partitions\" in docs/operations.md");
    }
  }

  private static NewTopic spec(Topic topic) {
    return new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG, Long.toString(topic.retentionMs()),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(topic.maxMessageBytes())));
  }
}
