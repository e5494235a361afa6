package io.rekindle.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.connectors.kafka.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph as it is submitted, looked at before it runs. */
class ProductionJobTest {

  private static final JobSettings SETTINGS = settings("live");

  private static JobSettings settings(String results) {
    return settings(results, 8);
  }

  private static JobSettings settings(String results, int parallelism) {
    return settings(
        results,
        parallelism,
        Map.of("REKINDLE_UNSUBSCRIBE_SECRET", "0123456789abcdef0123456789abcdef"));
  }

  private static JobSettings settings(
      String results, int parallelism, Map<String, String> environment) {
    return JobSettings.read(
        new String[] {
          "--kafka.bootstrap-servers", "127.0.0.1:1",
          "--database.url", "jdbc:postgresql://127.0.0.1:1/rekindle",
          "--results", results,
          "--checkpoint.directory", "file:///checkpoints",
          "--parallelism", Integer.toString(parallelism),
          "--shop.name", "Shop",
          "--shop.url", "https://shop.example",
          "--shop.postal-address", "1 Main Street",
          "--unsubscribe.base-url", "https://mail.shop.example"
        },
        environment);
  }

  private static StreamExecutionEnvironment environment(JobSettings settings, int partitions) {
    return ProductionJob.environment(settings, Topics.standard().withPartitions(partitions));
  }

  /**
   * Part of every savepoint: a uid that is missing here has lost its state. Add, but do not change.
   */
  private static final List<String> RECORDED =
      List.of(
          "changes",
          "changes-split",
          "rule-changes",
          "rule-changes-split",
          "dead-letters",
          "decisions",
          "engagement",
          "only-changed",
          "only-emails",
          "daily-cap",
          "policy-in-force",
          "read-requests",
          "request-dead-letters",
          "requests",
          "requests-split",
          "score-changes",
          "scores",
          "write-emails");

  @Test
  void shouldHaveTheRecordedUidOnEveryOperator() {
    StreamGraph graph = environment(SETTINGS, 4).getStreamGraph();
    List<String> uids =
        graph.getStreamNodes().stream().map(StreamNode::getTransformationUID).sorted().toList();
    assertThat(uids).doesNotContainNull().doesNotHaveDuplicates();
    assertThat(uids).containsExactlyElementsOf(withCommitters());
    // Throws if an operator has no uid, since making them up is switched off.
    assertThat(graph.getJobGraph().getNumberOfVertices()).isPositive();
  }

  /** The JobManager stores the graph, with high availability in a bucket. */
  @Test
  void shouldHaveNoSecretInItsGraph() throws Exception {
    JobSettings settings =
        settings(
            "live",
            8,
            Map.of(
                "REKINDLE_UNSUBSCRIBE_SECRET", "unsubscribe-0123456789abcdef0123456789",
                "REKINDLE_DATABASE_PASSWORD", "database-0123456789",
                "REKINDLE_LLM_API_KEY", "model-0123456789"));

    StreamGraph graph = environment(settings, 4).getStreamGraph();
    String stored = bytes(graph.getJobGraph()) + bytes(environment(settings, 4).getStreamGraph());

    assertThat(stored)
        .contains("REKINDLE_UNSUBSCRIBE_SECRET", "REKINDLE_DATABASE_PASSWORD")
        .contains("REKINDLE_LLM_API_KEY", "jdbc:postgresql://127.0.0.1:1/rekindle")
        .doesNotContain("unsubscribe-0123456789", "database-0123456789", "model-0123456789");
  }

  private static String bytes(Object graph) throws IOException {
    return new String(InstantiationUtil.serializeObject(graph), StandardCharsets.ISO_8859_1);
  }

  /** Flink adds a committer of its own to each Kafka sink. */
  private static List<String> withCommitters() {
    List<String> uids = new ArrayList<>(RECORDED);
    uids.add("Sink Committer: dead-letters");
    uids.add("Sink Committer: request-dead-letters");
    uids.add("Sink Committer: requests");
    uids.add("Sink Committer: score-changes");
    return uids.stream().sorted().toList();
  }

  @Test
  void shouldWriteToNoTopicAndWriteNoEmailAsAShadow() {
    List<String> uids =
        environment(settings("shadow"), 4).getStreamGraph().getStreamNodes().stream()
            .map(StreamNode::getTransformationUID)
            .toList();
    assertThat(uids).contains("scores", "decisions").doesNotContain("write-emails");
    // Only what writes to Kafka has a committer.
    assertThat(uids).noneMatch(uid -> uid.startsWith("Sink Committer"));
  }

  @Test
  void shouldNameEveryOperatorInWords() {
    assertThat(environment(SETTINGS, 4).getStreamGraph().getStreamNodes())
        .extracting(StreamNode::getOperatorName)
        .anySatisfy(name -> assertThat(name).contains("Read changes"))
        .anySatisfy(name -> assertThat(name).contains("Evaluate engagement"))
        .anySatisfy(name -> assertThat(name).contains("Store scores"));
  }

  @Test
  void shouldSerializeNothingWithKryo() {
    StreamExecutionEnvironment env = environment(SETTINGS, 4);
    assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
    for (Transformation<?> sink : env.getTransformations()) {
      for (Transformation<?> transformation : sink.getTransitivePredecessors()) {
        assertNotGeneric(transformation.getOutputType(), transformation.getName());
      }
    }
    for (StreamNode node : env.getStreamGraph(false).getStreamNodes()) {
      List<TypeSerializer<?>> serializers = new ArrayList<>();
      serializers.addAll(List.of(node.getTypeSerializersIn()));
      serializers.add(node.getTypeSerializerOut());
      serializers.add(node.getStateKeySerializer());
      assertThat(serializers)
          .as(node.getOperatorName())
          .noneMatch(serializer -> serializer instanceof KryoSerializer);
    }
  }

  private static void assertNotGeneric(TypeInformation<?> type, String where) {
    assertThat(type).as(where).isNotInstanceOf(GenericTypeInfo.class);
    type.getGenericParameters().values().forEach(part -> assertNotGeneric(part, where));
  }

  @Test
  void shouldReadWithAReaderForEachPartitionThatKafkaHas() {
    for (StreamNode node : environment(SETTINGS, 12).getStreamGraph().getStreamNodes()) {
      if (node.getTransformationUID().equals("changes")) {
        assertThat(node.getParallelism()).isEqualTo(8);
      }
    }
  }

  @Test
  void shouldReadWithNoMoreReadersThanATopicHasPartitions() {
    for (StreamNode node : environment(SETTINGS, 4).getStreamGraph().getStreamNodes()) {
      switch (node.getTransformationUID()) {
        case "changes", "changes-split", "read-requests", "write-emails" ->
            assertThat(node.getParallelism()).isEqualTo(4);
        case "rule-changes", "daily-cap", "decisions", "policy-in-force" ->
            assertThat(node.getParallelism()).isEqualTo(1);
        case "engagement", "scores" -> assertThat(node.getParallelism()).isEqualTo(8);
        default -> assertThat(node.getMaxParallelism()).isLessThanOrEqualTo(128);
      }
    }
  }

  /** Flink refuses a savepoint in which the state of an operator has another maximum. */
  @ParameterizedTest(name = "parallelism {0}")
  @ValueSource(ints = {1, 2, 4, 16, 128})
  void shouldRestoreASavepointOfAnotherParallelism(int parallelism) {
    assertThat(maxParallelisms(parallelism)).isEqualTo(maxParallelisms(8));
  }

  /** The maximum of each operator, which is that of the chain that it runs in. */
  private static Map<OperatorID, Integer> maxParallelisms(int parallelism) {
    Map<OperatorID, Integer> maximums = new HashMap<>();
    StreamGraph graph = environment(settings("live", parallelism), 4).getStreamGraph();
    for (JobVertex vertex : graph.getJobGraph().getVertices()) {
      vertex
          .getOperatorIDs()
          .forEach(ids -> maximums.put(ids.getGeneratedOperatorID(), vertex.getMaxParallelism()));
    }
    return maximums;
  }

  @Test
  void shouldKeepCheckpointsWhenCancelled() {
    Configuration flink = ProductionJob.configuration(SETTINGS);
    assertThat(flink.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION).name())
        .isEqualTo("RETAIN_ON_CANCELLATION");
    assertThat(flink.get(PipelineOptions.MAX_PARALLELISM)).isEqualTo(128);
    assertThat(flink.get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
    assertThat(flink.get(PipelineOptions.OBJECT_REUSE)).isTrue();
  }
}
