package io.rekindle.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicsTest {

  private final Topics topics = Topics.standard();

  @Test
  void shouldKeepChangesForTwoWeeks() {
    assertThat(topics.captured())
        .allSatisfy(
            topic ->
                assertThat(Duration.ofMillis(topic.retentionMs())).isEqualTo(Duration.ofDays(14)));
  }

  @Test
  void shouldTakeAMegabyteAndItsHeadersAsADeadLetter() {
    assertThat(topics.deadLetters().maxMessageBytes())
        .isGreaterThan(topics.orders().maxMessageBytes());
    assertThat(topics.orders().maxMessageBytes()).isGreaterThan(1 << 20);
  }

  @Test
  void shouldChangePartitionsOnlyOfWhatIsPartitionedByUser() {
    Topics wide = topics.withPartitions(12);
    assertThat(wide.changes()).allMatch(topic -> topic.partitions() == 12);
    assertThat(wide.scoreChanges().partitions()).isEqualTo(12);
    assertThat(wide.outreach().partitions()).isEqualTo(12);
    assertThat(wide.audienceChanges().partitions()).isEqualTo(12);
    assertThat(wide.ruleChanges()).allMatch(topic -> topic.partitions() == 1);
    assertThat(wide.deadLetters().partitions()).isEqualTo(1);
  }

  @Test
  void shouldNameEveryTopicAfterAnotherPrefix() {
    assertThat(topics.withPrefix("other").all())
        .hasSameSizeAs(topics.all())
        .allSatisfy(topic -> assertThat(topic.name()).contains("other").doesNotContain("rekindle"));
  }

  @Test
  void shouldRefuseATopicWithoutPartitions() {
    assertThatThrownBy(() -> topics.withPartitions(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rekindle.shop.users needs at least one partition");
  }

  @Test
  void shouldTakeTheNumberOfPartitionsFromKafka() {
    Topics existing = topics.withPartitions(partitions(topics.withPartitions(12)));
    assertThat(existing).isEqualTo(topics.withPartitions(12));
  }

  @Test
  void shouldRefusePartitionsThatWereAddedToOneTopic() {
    Map<String, Integer> partitions = partitions(topics);
    partitions.put(topics.orders().name(), 6);
    assertThatThrownBy(() -> topics.withPartitions(partitions))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rekindle.shop.orders has 6 partitions")
        .hasMessageContaining("Change the number of partitions");
  }

  @Test
  void shouldNameATopicThatKafkaLacks() {
    Map<String, Integer> partitions = partitions(topics);
    partitions.remove(topics.policies().name());
    assertThatThrownBy(() -> topics.withPartitions(partitions))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rekindle.engagement.scoring_policies");
  }

  private static Map<String, Integer> partitions(Topics topics) {
    return new HashMap<>(
        topics.all().stream().collect(Collectors.toMap(Topic::name, Topic::partitions)));
  }
}
