package io.rekindle.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.rekindle.connectors.kafka.KafkaAccess;
import io.rekindle.connectors.kafka.Topic;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.setup.Migrate;
import io.rekindle.dashboard.DashboardSettings;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.job.JobSettings;
import io.rekindle.platform.rest.FlinkReader;
import io.rekindle.platform.text.Version;
import io.strimzi.api.kafka.model.connect.KafkaConnect;
import io.strimzi.api.kafka.model.connect.KafkaConnectSpec;
import io.strimzi.api.kafka.model.connector.KafkaConnector;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.kafka.KafkaClusterSpec;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.kubernetes.operator.api.FlinkDeployment;
import org.apache.flink.shaded.guava33.com.google.common.hash.Hashing;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests, as the overlays render them, against the operators' models and our own code. */
class KubernetesTest {

  private static final Path DIRECTORY = Repository.ROOT.resolve("deploy/kubernetes");

  private static final Map<String, Class<?>> MODELS =
      Map.ofEntries(
          Map.entry("v1 ConfigMap", ConfigMap.class),
          Map.entry("v1 Namespace", Namespace.class),
          Map.entry("v1 Secret", Secret.class),
          Map.entry("v1 Service", Service.class),
          Map.entry("v1 ServiceAccount", ServiceAccount.class),
          Map.entry("apps/v1 Deployment", Deployment.class),
          Map.entry("batch/v1 CronJob", CronJob.class),
          Map.entry("batch/v1 Job", Job.class),
          Map.entry("networking.k8s.io/v1 Ingress", Ingress.class),
          Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
          Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
          Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
          Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
          Map.entry("monitoring.coreos.com/v1 PodMonitor", PodMonitor.class),
          Map.entry("kafka.strimzi.io/v1 Kafka", Kafka.class),
          Map.entry("kafka.strimzi.io/v1 KafkaNodePool", KafkaNodePool.class),
          Map.entry("kafka.strimzi.io/v1 KafkaConnect", KafkaConnect.class),
          Map.entry("kafka.strimzi.io/v1 KafkaConnector", KafkaConnector.class),
          Map.entry("kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class),
          Map.entry("kafka.strimzi.io/v1 KafkaUser", KafkaUser.class),
          Map.entry("flink.apache.org/v1beta1 FlinkDeployment", FlinkDeployment.class));

  private static final Map<String, List<ObjectNode>> RENDERED = new HashMap<>();

  /** Connect's settings that Strimzi makes itself, or has fields of its own for. */
  private static final Set<String> OF_STRIMZI =
      Set.of(
          "bootstrap.servers",
          "group.id",
          "listeners",
          "rest.advertised.host.name",
          "rest.advertised.port",
          "plugin.path",
          "config.storage.topic",
          "offset.storage.topic",
          "status.storage.topic");

  /**
   * Settings of TLS, which are other fields of Strimzi's; its workers talk to the operator alone.
   */
  private static final Pattern OF_TLS =
      Pattern.compile("(producer\\.)?(ssl\\.|security\\.).*|listeners\\.https\\..*|rest\\..*");

  /** A file in a directory that is mounted. */
  private static final Pattern MOUNTED_FILE =
      Pattern.compile("((?:/etc/rekindle|/mnt)/[\\w-]+)/([\\w.-]+)");

  /** Secrets that Strimzi makes. */
  private static final Set<String> SECRETS_OF_STRIMZI = Set.of("rekindle-cluster-ca-cert");

  /** The models take what they do not know aside; here that is an error. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }

                @Override
                public JsonIgnoreProperties.Value findPropertyIgnoralByName(
                    MapperConfig<?> config, Annotated annotated) {
                  return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
                }

                @Override
                public boolean hasIgnoreMarker(AnnotatedMember member) {
                  return member.getName().equals("additionalProperties")
                      || super.hasIgnoreMarker(member);
                }
              })
          .build();

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldBeWhatTheOperatorsUnderstand(String overlay) throws IOException {
    for (ObjectNode document : render(overlay)) {
      Class<?> model =
          MODELS.get(document.get("apiVersion").asText() + " " + document.get("kind").asText());
      assertThat(model).as(Kustomization.id(document)).isNotNull();
      ObjectNode copy = document.deepCopy();
      if (model == FlinkDeployment.class) {
        // The newest model that Maven has is older than the operator that knows this version.
        assertThat(((ObjectNode) copy.get("spec")).remove("flinkVersion").asText())
            .isEqualTo(flinkVersion());
      }
      assertThatCode(() -> STRICT.treeToValue(copy, model))
          .as(Kustomization.id(document))
          .doesNotThrowAnyException();
    }
  }

  /** Where kubectl is installed, which has kustomize in it. */
  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldRenderAsKustomizeDoes(String overlay) throws Exception {
    assumeThat(Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
    Path output = Files.createTempFile("kustomize", ".yaml");
    Process kubectl =
        new ProcessBuilder(
                "kubectl", "kustomize", DIRECTORY.resolve("overlays/" + overlay).toString())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(kubectl.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(kubectl.exitValue()).isZero();
      Map<String, JsonNode> rendered = new TreeMap<>();
      Kustomization.documents(output)
          .forEach(
              document -> rendered.put(Kustomization.id(document), withoutNamespace(document)));
      Map<String, JsonNode> ours = new TreeMap<>();
      render(overlay)
          .forEach(document -> ours.put(Kustomization.id(document), withoutNamespace(document)));
      assertThat(ours.keySet()).isEqualTo(rendered.keySet());
      ours.forEach((id, document) -> assertThat(document).as(id).isEqualTo(rendered.get(id)));
    } finally {
      kubectl.destroyForcibly();
      Files.delete(output);
    }
  }

  private static JsonNode withoutNamespace(ObjectNode document) {
    ObjectNode copy = document.deepCopy();
    ((ObjectNode) copy.get("metadata")).remove("namespace");
    return copy;
  }

  @Test
  void shouldNotUnderstandAFieldThatNobodyKnows() {
    for (ObjectNode document : render("small")) {
      Class<?> model =
          MODELS.get(document.get("apiVersion").asText() + " " + document.get("kind").asText());
      if (document.has("spec")) {
        ObjectNode copy = document.deepCopy();
        ((ObjectNode) copy.get("spec")).remove("flinkVersion");
        ((ObjectNode) copy.get("spec")).put("typo", 1);
        assertThatCode(() -> STRICT.treeToValue(copy, model))
            .as(Kustomization.id(document))
            .hasMessageContaining("typo");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldHaveOneResourceOfAName(String overlay) {
    assertThat(render(overlay).stream().map(Kustomization::id)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldRunThisVersion(String overlay) {
    List<String> images =
        render(overlay).stream()
            .flatMap(document -> document.findValuesAsText("image").stream())
            .toList();
    assertThat(images)
        .allMatch(image -> image.matches("[a-z/-]+:v?[0-9]+\\.[0-9]+\\.[0-9]+"))
        .filteredOn(image -> image.startsWith("rekindle/"))
        .allMatch(image -> image.endsWith(":" + Version.CURRENT))
        .hasSize(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldHaveTheTopicsThatTheCodeKnows(String overlay) {
    List<ObjectNode> documents = render(overlay);
    int partitions = partitions(documents);
    Map<String, JsonNode> specs = new HashMap<>();
    ofKind(documents, "KafkaTopic")
        .forEach(topic -> specs.put(topic.at("/spec/topicName").asText(), topic.get("spec")));
    List<Topic> topics = Topics.standard().withPartitions(partitions).all();
    assertThat(specs).containsOnlyKeys(topics.stream().map(Topic::name).toList());
    for (Topic topic : topics) {
      JsonNode spec = specs.get(topic.name());
      assertThat(spec.get("partitions").asInt()).as(topic.name()).isEqualTo(topic.partitions());
      assertThat(spec.at("/config/retention.ms").asLong()).isEqualTo(topic.retentionMs());
      assertThat(spec.at("/config/max.message.bytes").asInt()).isEqualTo(topic.maxMessageBytes());
      assertThat(spec.at("/config/cleanup.policy").asText()).isEqualTo("delete");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldCountPartitionsAlikeEverywhere(String overlay) {
    List<ObjectNode> documents = render(overlay);
    int partitions = partitions(documents);
    ObjectNode flink = one(documents, "FlinkDeployment/rekindle");
    assertThat(environment(one(documents, "Job/rekindle-migrate")))
        .containsEntry("REKINDLE_TOPIC_PARTITIONS", Integer.toString(partitions));
    assertThat(flink.at("/spec/job/parallelism").asInt()).isLessThanOrEqualTo(partitions);
    assertThat(flink.at("/spec/flinkConfiguration/job.autoscaler.vertex.max-parallelism").asInt())
        .isEqualTo(partitions);
  }

  @Test
  void shouldLeaveTheReaderOfRuleChangesAlone() {
    Matcher uid =
        Pattern.compile(" RULE_CHANGES = \"([a-z-]+)\"")
            .matcher(
                Repository.text(
                    Repository.ROOT.resolve(
                        "pipeline/job/src/main/java/io/rekindle/job/Uids.java")));
    assertThat(uid.find()).isTrue();
    assertThat(
            one(render("production"), "FlinkDeployment/rekindle")
                .at("/spec/flinkConfiguration/job.autoscaler.vertex.exclude.ids")
                .asText())
        .as("as Flink makes an id of a uid")
        .isEqualTo(Hashing.murmur3_128(0).hashString(uid.group(1), UTF_8).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldGiveTheConnectorItsOwnSettings(String overlay) {
    ObjectNode connector = one(render(overlay), "KafkaConnector/rekindle");
    Map<String, String> expected = new LinkedHashMap<>();
    Repository.json(
            Repository.ROOT.resolve(
                "connectors/src/main/resources/io/rekindle/connectors/debezium-connector.json"))
        .properties()
        .forEach(setting -> expected.put(setting.getKey(), setting.getValue().asText()));
    assertThat(connector.at("/spec/class").asText()).isEqualTo(expected.remove("connector.class"));
    assertThat(connector.at("/spec/tasksMax").asText()).isEqualTo(expected.remove("tasks.max"));
    expected.replace("database.hostname", "${env:REKINDLE_DATABASE_HOST}");
    expected.replace("database.port", "${env:REKINDLE_DATABASE_PORT}");
    expected.replace("database.dbname", "${env:REKINDLE_DATABASE_NAME}");
    expected.replace("database.sslmode", "verify-full");
    expected.replace("database.sslrootcert", "/mnt/database/ca.crt");
    expected.replace("database.user", "rekindle_cdc");
    expected.replace("database.password", "${env:REKINDLE_CDC_PASSWORD}");
    String partitions = "transforms.partition.partition.topic.num";
    expected.replace(partitions, connector.at("/spec/config/" + partitions).asText());

    assertThat(strings(connector.at("/spec/config"))).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void shouldGiveConnectTheSettingsOfTheLocalWorker() throws IOException {
    ObjectNode connect = one(render("production"), "KafkaConnect/rekindle");
    Map<String, String> cluster = strings(connect.at("/spec/config"));
    Properties local = new Properties();
    local.load(
        new StringReader(
            Repository.text(Repository.ROOT.resolve("deploy/config/connect/worker.properties"))));
    for (String name : local.stringPropertyNames()) {
      if (OF_STRIMZI.contains(name) || OF_TLS.matcher(name).matches()) {
        continue;
      }
      if (name.endsWith("replication.factor")) {
        assertThat(cluster).containsEntry(name, "3");
      } else if (name.endsWith("allowlist.pattern")) {
        assertThat("REKINDLE_CDC_PASSWORD").matches(cluster.get(name));
        for (JsonNode variable : connect.at("/spec/template/connectContainer/env")) {
          assertThat(variable.get("name").asText())
              .matches(cluster.get(name) + "|REKINDLE_LOG_FORMAT");
        }
      } else {
        assertThat(cluster).containsEntry(name, local.getProperty(name));
      }
    }
    assertThat(local.stringPropertyNames()).containsAll(cluster.keySet());
    assertThat(connect.at("/spec/groupId").asText()).isEqualTo(local.getProperty("group.id"));
    for (String kind : List.of("config", "offset", "status")) {
      assertThat(connect.at("/spec/" + kind + "StorageTopic").asText())
          .isEqualTo(local.getProperty(kind + ".storage.topic"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldNameOnlySecretsAndSettingsThatThereAre(String overlay) {
    List<ObjectNode> documents = render(overlay);
    Set<String> keys = new HashSet<>();
    Stream.concat(
            documents.stream(),
            Kustomization.documents(DIRECTORY.resolve("secrets.example.yaml")).stream())
        .filter(document -> document.has("data") || document.has("stringData"))
        .forEach(
            document ->
                Stream.of("data", "stringData")
                    .flatMap(part -> names(document.path(part)).stream())
                    .forEach(key -> keys.add(document.at("/metadata/name").asText() + "/" + key)));
    for (ObjectNode document : documents) {
      for (String kind : List.of("secretKeyRef", "configMapKeyRef")) {
        for (JsonNode reference : document.findValues(kind)) {
          assertThat(keys)
              .as(Kustomization.id(document))
              .contains(reference.get("name").asText() + "/" + reference.get("key").asText());
        }
      }
      for (JsonNode name : document.findValues("secretName")) {
        assertThat(secretsOf(documents, keys)).contains(name.asText());
      }
      for (JsonNode sources : document.findValues("sources")) {
        for (JsonNode source : sources) {
          assertThat(secretsOf(documents, keys)).contains(source.at("/secret/name").asText());
        }
      }
    }
    assertThat(documents).as("secrets").noneMatch(one -> one.get("kind").asText().equals("Secret"));
  }

  /** The names of all secrets: those of the example file, and those that Strimzi makes. */
  private static Set<String> secretsOf(List<ObjectNode> documents, Set<String> keys) {
    Set<String> names = new TreeSet<>(SECRETS_OF_STRIMZI);
    keys.forEach(key -> names.add(key.substring(0, key.indexOf('/'))));
    ofKind(documents, "KafkaUser").forEach(user -> names.add(user.at("/metadata/name").asText()));
    return names;
  }

  @Test
  void shouldGiveEachPartItsRightsInKafka() {
    List<ObjectNode> documents = render("production");
    Set<String> expected = new TreeSet<>();
    for (AclBinding right : KafkaAccess.of(Topics.standard())) {
      expected.add(
          "%s %s %s %s %s"
              .formatted(
                  right.entry().principal(),
                  right.pattern().resourceType(),
                  right.pattern().patternType(),
                  right.pattern().name(),
                  right.entry().operation()));
    }
    Set<String> given = new TreeSet<>();
    for (ObjectNode user : ofKind(documents, "KafkaUser")) {
      assertThat(user.at("/spec/authentication/type").asText()).isEqualTo("tls");
      assertThat(user.at("/spec/authorization/type").asText()).isEqualTo("simple");
      for (JsonNode acl : user.at("/spec/authorization/acls")) {
        JsonNode resource = acl.get("resource");
        for (JsonNode operation : acl.get("operations")) {
          given.add(
              "%s %s %s %s %s"
                  .formatted(
                      KafkaAccess.principal(user.at("/metadata/name").asText()),
                      resource.get("type").asText().toUpperCase(Locale.ROOT),
                      resource.get("patternType").asText().equals("prefix")
                          ? "PREFIXED"
                          : "LITERAL",
                      resource.get("name").asText(),
                      operation.asText().equals("DescribeConfigs")
                          ? "DESCRIBE_CONFIGS"
                          : operation.asText().toUpperCase(Locale.ROOT)));
        }
      }
    }
    assertThat(given).isEqualTo(expected);
    JsonNode kafka = one(documents, "Kafka/rekindle").at("/spec/kafka");
    assertThat(kafka.at("/authorization/type").asText()).isEqualTo("simple");
    assertThat(kafka.get("listeners")).hasSize(1);
    assertThat(kafka.at("/listeners/0/tls").asBoolean()).isTrue();
    assertThat(kafka.at("/listeners/0/authentication/type").asText()).isEqualTo("tls");
  }

  /** As deploy/config/flink does for the other ways to run. */
  @Test
  void shouldOpenFlinkToTheOwnersOfItsKeyOnly() {
    List<ObjectNode> documents = render("production");
    JsonNode flink = one(documents, "FlinkDeployment/rekindle").at("/spec/flinkConfiguration");
    JsonNode local =
        Repository.yaml(Repository.ROOT.resolve("deploy/config/flink/config.yaml"), JsonNode.class)
            .at("/security/ssl");
    for (String flag : List.of("internal.enabled", "rest.enabled", "rest.authentication-enabled")) {
      assertThat(flink.get("security.ssl." + flag).asText()).as(flag).isEqualTo("true");
      assertThat(local.at("/" + flag.replace('.', '/')).asText()).as(flag).isEqualTo("true");
    }
    for (String setting : List.of("protocol", "algorithms")) {
      assertThat(flink.get("security.ssl." + setting)).isEqualTo(local.get(setting));
    }
    assertThat(Repository.text(DIRECTORY.resolve("new-flink-key")))
        .contains("password=" + flink.get("security.ssl.keystore-password").asText());
    List<String> holders =
        documents.stream()
            .filter(
                document ->
                    document.findValues("secretName").stream()
                        .anyMatch(name -> name.asText().equals("rekindle-flink")))
            .map(Kustomization::id)
            .toList();
    assertThat(holders)
        .containsExactlyInAnyOrder("FlinkDeployment/rekindle", "Deployment/rekindle-flink-reader");
    assertThat(environment(one(documents, "Deployment/rekindle-dashboard")))
        .containsEntry("REKINDLE_FLINK_URL", "http://rekindle-flink-reader:8082");
  }

  @Test
  void shouldKnowTheDatabaseByItsCertificate() {
    List<ObjectNode> documents = render("production");
    String verified = "?sslmode=verify-full&sslrootcert=/etc/rekindle/database/ca.crt";
    assertThat(one(documents, "ConfigMap/rekindle-settings").at("/data/DATABASE_URL").asText())
        .endsWith(verified);
    assertThat(environment(one(documents, "Deployment/rekindle-postgres-exporter")))
        .extractingByKey("DATA_SOURCE_URI")
        .asString()
        .endsWith(verified);
    for (ObjectNode document : documents) {
      for (JsonNode pod : pods(document)) {
        if (document.toString().contains("DATABASE_URL\"")
            || document.toString().contains("DATA_SOURCE_URI")) {
          assertThat(pod.get("volumes").findValuesAsText("secretName"))
              .as(Kustomization.id(document))
              .contains("rekindle-database-ca");
          assertThat(pod.at("/containers/0/volumeMounts").findValuesAsText("mountPath"))
              .as(Kustomization.id(document))
              .contains("/etc/rekindle/database");
        }
      }
    }
  }

  /** Paths are in variables, in arguments and in the configurations of Flink and the connector. */
  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldMountEveryFileThatItNames(String overlay) {
    List<ObjectNode> documents = render(overlay);
    JsonNode settings = one(documents, "ConfigMap/rekindle-settings").get("data");
    int found = 0;
    for (ObjectNode document : documents) {
      for (JsonNode pod : pods(document)) {
        JsonNode container = pod.at("/containers/0");
        StringBuilder text =
            new StringBuilder()
                .append(container.path("args"))
                .append(container.path("env"))
                .append(document.at("/spec/flinkConfiguration"));
        for (JsonNode reference : container.path("env").findValues("configMapKeyRef")) {
          text.append(settings.path(reference.get("key").asText()));
        }
        found += assertMounted(text, pod, container.path("volumeMounts"), document);
        for (JsonNode variable : container.path("env")) {
          if (variable.get("name").asText().matches("REKINDLE_.*_TLS")) {
            assertThat(files(variable.get("value").asText(), pod, container.path("volumeMounts")))
                .as(Kustomization.id(document))
                .contains("tls.key", "tls.crt", "ca.crt");
          }
        }
      }
    }
    JsonNode template = one(documents, "KafkaConnect/rekindle").at("/spec/template");
    found +=
        assertMounted(
            one(documents, "KafkaConnector/rekindle").at("/spec/config").toString(),
            template.get("pod"),
            template.at("/connectContainer/volumeMounts"),
            one(documents, "KafkaConnector/rekindle"));
    assertThat(found).isPositive();
  }

  private static int assertMounted(
      CharSequence text, JsonNode pod, JsonNode mounts, ObjectNode document) {
    List<MatchResult> paths = MOUNTED_FILE.matcher(text).results().toList();
    for (MatchResult path : paths) {
      assertThat(files(path.group(1), pod, mounts))
          .as(Kustomization.id(document) + " mounts " + path.group())
          .contains(path.group(2));
    }
    return paths.size();
  }

  /** The names of the files that are mounted as a directory. */
  private static Set<String> files(String directory, JsonNode pod, JsonNode mounts) {
    Set<String> files = new TreeSet<>();
    for (JsonNode mount : mounts) {
      if (mount.get("mountPath").asText().equals(directory)) {
        for (JsonNode volume : pod.get("volumes")) {
          if (volume.get("name").equals(mount.get("name"))) {
            files.addAll(files(volume));
          }
        }
      }
    }
    return files;
  }

  private static List<String> files(JsonNode volume) {
    if (!volume.findValues("items").isEmpty()) {
      return volume.findValues("items").stream()
          .flatMap(items -> items.findValuesAsText("path").stream())
          .toList();
    }
    if (volume.has("configMap")) {
      String name = volume.at("/configMap/name").asText();
      return names(one(render("production"), "ConfigMap/" + name).path("data"));
    }
    return Kustomization.documents(DIRECTORY.resolve("secrets.example.yaml")).stream()
        .filter(secret -> secret.at("/metadata/name").equals(volume.at("/secret/secretName")))
        .flatMap(secret -> names(secret.path("stringData")).stream())
        .toList();
  }

  /** A misspelt setting of Flink is ignored without a word. */
  @Test
  void shouldSetOnlyWhatFlinkKnows() throws IllegalAccessException {
    Set<String> known = new HashSet<>();
    for (Class<?> options :
        List.of(
            CheckpointingOptions.class,
            HighAvailabilityOptions.class,
            PipelineOptions.class,
            SecurityOptions.class,
            StateBackendOptions.class,
            TaskManagerOptions.class,
            CoreOptions.class,
            WebOptions.class)) {
      for (Field field : options.getFields()) {
        if (field.get(null) instanceof ConfigOption<?> option) {
          known.add(option.key());
        }
      }
    }
    assertThat(
            names(
                one(render("production"), "FlinkDeployment/rekindle")
                    .at("/spec/flinkConfiguration")))
        .filteredOn(
            name ->
                !name.matches(
                    "(kubernetes|job\\.autoscaler|metrics\\.reporter)\\..*|metrics\\.reporters"))
        .isSubsetOf(known);
  }

  /** Strimzi drops settings that it makes itself, and only its operator's log says so. */
  @Test
  void shouldSetOnlyWhatStrimziPassesOn() {
    List<ObjectNode> documents = render("production");
    assertThat(names(one(documents, "KafkaConnect/rekindle").at("/spec/config")))
        .noneMatch(name -> isOneOf(name, KafkaConnectSpec.FORBIDDEN_PREFIXES));
    assertThat(names(one(documents, "Kafka/rekindle").at("/spec/kafka/config")))
        .noneMatch(name -> isOneOf(name, KafkaClusterSpec.FORBIDDEN_PREFIXES));
  }

  private static boolean isOneOf(String name, String prefixes) {
    return Stream.of(prefixes.split(", ", -1)).anyMatch(name::startsWith);
  }

  @Test
  void shouldSetOnlyWhatThePartsKnow() {
    List<ObjectNode> documents = render("production");
    assertThat(known("Deployment/rekindle-dashboard", documents))
        .isSubsetOf(KnownSettings.of(DashboardSettings.SETTINGS));
    assertThat(known("CronJob/rekindle-fit", documents))
        .isSubsetOf(KnownSettings.of(DashboardSettings.SETTINGS));
    assertThat(known("Deployment/rekindle-sender", documents))
        .isSubsetOf(KnownSettings.of(SenderSettings.SETTINGS));
    assertThat(known("FlinkDeployment/rekindle", documents))
        .isSubsetOf(KnownSettings.of(JobSettings.SETTINGS));
    assertThat(known("Deployment/rekindle-flink-reader", documents))
        .isSubsetOf(KnownSettings.of(FlinkReader.SETTINGS));
    assertThat(known("Job/rekindle-migrate", documents))
        .isSubsetOf(KnownSettings.of(Migrate.SETTINGS));
  }

  /** Alone in the base, the dashboard reaches nothing outside of the cluster. */
  @Test
  void shouldLetTheDashboardReachAnOpenIdProviderByAComponent() throws IOException {
    List<ObjectNode> component =
        Kustomization.render(DIRECTORY.resolve("components").resolve("openid"));
    ObjectNode policy = one(component, "NetworkPolicy/rekindle-dashboard-openid");
    ObjectNode own = one(render("production"), "NetworkPolicy/rekindle-dashboard");

    assertThatCode(() -> STRICT.treeToValue(policy, NetworkPolicy.class))
        .doesNotThrowAnyException();
    assertThat(policy.at("/spec/podSelector")).isEqualTo(own.at("/spec/podSelector"));
    assertThat(policy.at("/spec/egress/0/ports/0/port").asInt()).isEqualTo(443);
    assertThat(policy.at("/spec/egress/0/to/0/ipBlock/except/0").asText())
        .isEqualTo("169.254.0.0/16");
    assertThat(own.at("/spec/egress").findValues("ipBlock")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldGiveNoProcessMoreThanItNeeds(String overlay) {
    for (ObjectNode document : render(overlay)) {
      for (JsonNode pod : pods(document)) {
        String id = Kustomization.id(document);
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).as(id).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText())
            .as(id)
            .isEqualTo("RuntimeDefault");
        for (JsonNode container : pod.get("containers")) {
          JsonNode context = container.get("securityContext");
          assertThat(context.get("allowPrivilegeEscalation").asBoolean()).as(id).isFalse();
          assertThat(context.get("readOnlyRootFilesystem").asBoolean()).as(id).isTrue();
          assertThat(context.at("/capabilities/drop/0").asText()).as(id).isEqualTo("ALL");
          assertThat(context.path("privileged").asBoolean()).as(id).isFalse();
        }
        if (!document.get("kind").asText().equals("FlinkDeployment")) {
          assertThat(pod.get("automountServiceAccountToken").asBoolean()).as(id).isFalse();
          assertThat(pod.at("/containers/0/resources/limits/memory").asText()).as(id).isNotEmpty();
          assertThat(render(overlay).stream().map(Kustomization::id))
              .contains("ServiceAccount/" + pod.get("serviceAccountName").asText());
        }
      }
    }
    assertThat(one(render(overlay), "Namespace/rekindle").at("/metadata/labels"))
        .anyMatch(label -> label.asText().equals("restricted"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldLeadWhereSomebodyListens(String overlay) {
    List<ObjectNode> documents = render(overlay);
    for (ObjectNode service : ofKind(documents, "Service")) {
      JsonNode pod = podWith(documents, service.at("/spec/selector"));
      for (JsonNode port : service.at("/spec/ports")) {
        JsonNode listening = port(pod, port.get("targetPort").asText());
        assertThat(listening.get("containerPort")).isEqualTo(port.get("port"));
      }
    }
    for (ObjectNode ingress : ofKind(documents, "Ingress")) {
      assertThat(ingress.at("/spec/tls/0/hosts/0")).isEqualTo(ingress.at("/spec/rules/0/host"));
      JsonNode target = ingress.findValue("backend").get("service");
      ObjectNode service = one(documents, "Service/" + target.get("name").asText());
      assertThat(service.at("/spec/ports/0/name")).isEqualTo(target.at("/port/name"));
    }
    for (ObjectNode budget : ofKind(documents, "PodDisruptionBudget")) {
      assertThat(podWith(documents, budget.at("/spec/selector/matchLabels"))).isNotNull();
    }
    for (ObjectNode deployment : ofKind(documents, "Deployment")) {
      JsonNode container = deployment.at("/spec/template/spec/containers/0");
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        String name = container.get(probe).findValue("port").asText();
        assertThat(port(deployment.at("/spec/template/spec"), name)).isNotNull();
      }
      environment(deployment)
          .forEach(
              (name, value) -> {
                if (name.matches("REKINDLE_(DASHBOARD|SENDER)_PORT")) {
                  assertThat(container.at("/ports/0/containerPort").asText()).isEqualTo(value);
                }
              });
    }
  }

  /** Every process of ours is shut off, and has a policy that lets through what it needs. */
  @ParameterizedTest
  @ValueSource(strings = {"small", "production"})
  void shouldLetThroughWhatIsNeededAndNothingElse(String overlay) {
    List<ObjectNode> documents = render(overlay);
    Set<String> components = new TreeSet<>();
    for (ObjectNode document : documents) {
      for (JsonNode labels : document.findValues("labels")) {
        if (labels.has("app.kubernetes.io/component")) {
          assertThat(labels.path("app.kubernetes.io/part-of").asText()).isEqualTo("rekindle");
          components.add(labels.get("app.kubernetes.io/component").asText());
        }
      }
    }
    Set<String> covered = new TreeSet<>();
    for (ObjectNode policy : ofKind(documents, "NetworkPolicy")) {
      assertThat(strings(policy.at("/spec/podSelector/matchLabels")))
          .containsEntry("app.kubernetes.io/part-of", "rekindle");
      assertThat(policy.at("/spec/policyTypes")).hasSize(2);
      JsonNode component = policy.at("/spec/podSelector/matchLabels/app.kubernetes.io~1component");
      if (component.isMissingNode()) {
        assertThat(policy.at("/spec/ingress").isMissingNode()).isTrue();
      } else {
        covered.add(component.asText());
      }
    }
    assertThat(covered).isEqualTo(components);
  }

  @Test
  void shouldHaveTheMetricsFilesOfObservability() {
    Map<String, String> copies =
        Map.of("connect.yml", "jmx", "kafka.yml", "jmx", "queries.yml", "postgres");
    copies.forEach(
        (file, directory) ->
            assertThat(DIRECTORY.resolve("base/metrics").resolve(file))
                .hasSameTextualContentAs(
                    Repository.OBSERVABILITY.resolve(directory).resolve(file)));
    List<String> jobs =
        Repository.yaml(
                Repository.OBSERVABILITY.resolve("prometheus/prometheus.yml"), JsonNode.class)
            .findValuesAsText("job_name");
    assertThat(
            ofKind(render("production"), "PodMonitor").stream()
                .map(monitor -> monitor.findValue("replacement").asText()))
        .containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Test
  void shouldLogObjectsByTheFileOfAllContainers() {
    Path file = Repository.ROOT.resolve("deploy/config/logging/console.properties");
    assertThat(DIRECTORY.resolve("base/logging/console.properties")).hasSameTextualContentAs(file);
    List<ObjectNode> documents = render("production");
    assertThat(
            one(documents, "FlinkDeployment/rekindle")
                .at("/spec/logConfiguration/log4j-console.properties")
                .asText())
        .isEqualTo(Repository.text(file));
    for (JsonNode logging :
        List.of(
            one(documents, "Kafka/rekindle").at("/spec/kafka/logging"),
            one(documents, "KafkaConnect/rekindle").at("/spec/logging"))) {
      assertThat(logging.at("/valueFrom/configMapKeyRef/name").asText())
          .isEqualTo("rekindle-logging");
    }
    for (String id :
        List.of(
            "CronJob/rekindle-fit",
            "Deployment/rekindle-dashboard",
            "Deployment/rekindle-sender",
            "FlinkDeployment/rekindle",
            "Job/rekindle-migrate",
            "Kafka/rekindle",
            "KafkaConnect/rekindle")) {
      assertThat(environment(one(documents, id))).containsEntry("REKINDLE_LOG_FORMAT", "json");
    }
  }

  @Test
  void shouldReportTheMetricsThatAlertsRead() {
    JsonNode configuration =
        one(render("production"), "FlinkDeployment/rekindle").at("/spec/flinkConfiguration");
    assertThat(configuration.get("metrics.reporters").asText()).isEqualTo("prom");
    assertThat(configuration.get("metrics.reporter.prom.port").asText()).isEqualTo("9249");
  }

  /** Nobody may change what this gives. */
  private static List<ObjectNode> render(String overlay) {
    return RENDERED.computeIfAbsent(
        overlay, unknown -> Kustomization.render(DIRECTORY.resolve("overlays").resolve(overlay)));
  }

  private static List<ObjectNode> ofKind(List<ObjectNode> documents, String kind) {
    List<ObjectNode> found =
        documents.stream().filter(one -> one.get("kind").asText().equals(kind)).toList();
    assertThat(found).as(kind).isNotEmpty();
    return found;
  }

  private static ObjectNode one(List<ObjectNode> documents, String id) {
    return documents.stream()
        .filter(document -> Kustomization.id(document).equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + id));
  }

  private static int partitions(List<ObjectNode> documents) {
    return one(documents, "KafkaConnector/rekindle")
        .at("/spec/config/transforms.partition.partition.topic.num")
        .asInt();
  }

  /** As the operator writes the version that the root pom has. */
  private static String flinkVersion() {
    Matcher version =
        Pattern.compile("<version\\.flink>([0-9]+)\\.([0-9]+)\\.")
            .matcher(Repository.text(Repository.ROOT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    return "v" + version.group(1) + "_" + version.group(2);
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new LinkedHashMap<>();
    object
        .properties()
        .forEach(property -> strings.put(property.getKey(), property.getValue().asText()));
    return strings;
  }

  /** The variables of a resource's first container; of those from elsewhere the name only. */
  private static Map<String, String> environment(ObjectNode document) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (JsonNode variable : document.findValue("env")) {
      variables.put(variable.get("name").asText(), variable.path("value").asText());
    }
    return variables;
  }

  private static List<String> known(String id, List<ObjectNode> documents) {
    return environment(one(documents, id)).keySet().stream()
        .filter(name -> name.startsWith("REKINDLE_"))
        .filter(name -> !KnownSettings.ofLogging().contains(name))
        .toList();
  }

  private static List<JsonNode> pods(ObjectNode document) {
    return Stream.of(
            "/spec/template/spec", "/spec/podTemplate/spec", "/spec/jobTemplate/spec/template/spec")
        .map(document::at)
        .filter(pod -> pod.has("containers"))
        .toList();
  }

  private static JsonNode podWith(List<ObjectNode> documents, JsonNode labels) {
    return documents.stream()
        .filter(document -> document.at("/spec/template/metadata/labels").equals(labels))
        .map(document -> document.at("/spec/template/spec"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no pod has the labels " + labels));
  }

  private static JsonNode port(JsonNode pod, String name) {
    for (JsonNode port : pod.at("/containers/0/ports")) {
      if (port.get("name").asText().equals(name)) {
        return port;
      }
    }
    throw new AssertionError("no port " + name + " in " + pod.at("/containers/0/name"));
  }
}
