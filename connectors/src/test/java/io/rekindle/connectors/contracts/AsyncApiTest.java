package io.rekindle.connectors.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.platform.text.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class AsyncApiTest {

  private final JsonNode document = Contracts.json(Contracts.DIRECTORY.resolve("asyncapi.json"));
  private final Topics topics = Topics.standard();

  @Test
  void shouldSpeakOfThisVersion() {
    assertThat(document.at("/info/version").asText()).isEqualTo(Version.CURRENT);
  }

  @Test
  void shouldDescribeEveryTopicThatOthersMayRead() {
    List<Topic> described = new ArrayList<>(topics.all());
    described.remove(topics.heartbeat());

    assertThat(document.get("channels"))
        .extracting(channel -> channel.get("address").asText())
        .containsExactlyInAnyOrderElementsOf(described.stream().map(Topic::name).toList());
    for (JsonNode channel : document.get("channels")) {
      Topic topic =
          described.stream()
              .filter(one -> one.name().equals(channel.get("address").asText()))
              .findFirst()
              .orElseThrow();
      JsonNode kafka = channel.at("/bindings/kafka");
      assertThat(kafka.get("topic").asText()).isEqualTo(topic.name());
      assertThat(kafka.get("partitions").asInt()).isEqualTo(topic.partitions());
      JsonNode configuration = kafka.get("topicConfiguration");
      assertThat(configuration.get("retention.ms").asLong()).isEqualTo(topic.retentionMs());
      assertThat(configuration.get("max.message.bytes").asInt()).isEqualTo(topic.maxMessageBytes());
      assertThat(channel.get("messages").has("tick"))
          .as("ticks in %s", topic.name())
          .isEqualTo(topics.captured().contains(topic));
    }
  }

  @Test
  void shouldPointToWhatExists() {
    for (JsonNode reference : document.findValues("$ref")) {
      String target = reference.asText();
      if (target.startsWith("#")) {
        assertThat(document.at(target.substring(1)).isMissingNode()).as(target).isFalse();
      } else {
        assertThat(Contracts.DIRECTORY.resolve(target)).exists();
      }
    }
  }

  @Test
  void shouldUseEverySchemaAndEveryMessage() {
    List<String> references =
        document.findValues("$ref").stream().map(JsonNode::asText).distinct().toList();
    assertThat(references)
        .containsAll(
            Contracts.files(Contracts.SCHEMAS).stream()
                .map(Contracts::name)
                .filter(name -> !name.equals("source"))
                .map(name -> "schemas/" + name + ".json")
                .toList());
    assertThat(references)
        .containsAll(
            StreamSupport.stream(
                    ((Iterable<String>) () -> document.at("/components/messages").fieldNames())
                        .spliterator(),
                    false)
                .map(name -> "#/components/messages/" + name)
                .toList());
  }
}
