package io.rekindle.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectorConfigTest {

  private final Map<String, String> config =
      ConnectorConfig.of("127.0.0.1", 5432, "rekindle_cdc", "p\"$1\\", "rekindle", null, 6);

  @Test
  void shouldFillEveryPlaceholder() {
    assertThat(config)
        .containsEntry("database.hostname", "127.0.0.1")
        .containsEntry("database.port", "5432")
        .containsEntry("database.password", "p\"$1\\")
        .containsEntry("transforms.partition.partition.topic.num", "6");
    assertThat(config.values()).noneMatch(value -> value.contains("${"));
  }

  @Test
  void shouldKnowPostgresByItsCertificateOrGoWithoutTls() {
    assertThat(config)
        .containsEntry("database.sslmode", "disable")
        .doesNotContainKey("database.sslrootcert");
    assertThat(ConnectorConfig.of("postgres", 5432, "cdc", "p", "rekindle", "/trust/ca.crt", 6))
        .containsEntry("database.sslmode", "verify-full")
        .containsEntry("database.sslrootcert", "/trust/ca.crt");
  }

  @Test
  void shouldNameEveryMissingValue() {
    assertThatThrownBy(() -> ConnectorConfig.fill(Map.of("a", "${x.y}", "b", "${z}"), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[x.y, z]");
  }

  @Test
  void shouldNameAValueThatHasNoPlace() {
    assertThatThrownBy(() -> ConnectorConfig.fill(Map.of("a", "b"), Map.of("typo", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[typo]");
  }

  @Test
  void shouldCaptureTheTablesThatHaveTopics() {
    List<String> tables =
        Topics.standard().all().stream().map(Topic::table).filter(Objects::nonNull).toList();
    assertThat(List.of(config.get("table.include.list").split(",", -1)))
        .containsAll(tables)
        .contains("engagement.clock")
        .hasSize(tables.size() + 1);
  }

  @Test
  void shouldPartitionByUserWhatIsReadByUser() {
    String pattern = config.get("predicates.byUser.pattern");
    Topics topics = Topics.standard();
    assertThat(topics.all())
        .allSatisfy(
            topic ->
                assertThat(topic.name().matches(pattern))
                    .as(topic.name())
                    .isEqualTo(
                        topics.changes().contains(topic) || topics.forOthers().contains(topic)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop.users.user_id",
        "shop.users.marketing_consent",
        "shop.orders.refunded_at",
        "engagement.emails.subject",
        "engagement.clock.beat"
      })
  void shouldCaptureWhatIsRead(String column) {
    assertThat(captures(column)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop.users.notes",
        "shop.users.email_notes",
        "shop.orders.invoice",
        "engagement.emails.html",
        "engagement.emails.text"
      })
  void shouldLeaveTheRestInTheDatabase(String column) {
    assertThat(captures(column)).isFalse();
  }

  /** Debezium takes each expression for the whole name of a column. */
  private boolean captures(String column) {
    return Stream.of(config.get("column.include.list").split(",", -1)).anyMatch(column::matches);
  }

  @Test
  void shouldNameTopicsAsTheConnectorDoes() {
    assertThat(Topics.standard().all())
        .filteredOn(topic -> topic.table() != null)
        .allSatisfy(
            topic ->
                assertThat(topic.name())
                    .isEqualTo(config.get("topic.prefix") + "." + topic.table()));
  }
}
