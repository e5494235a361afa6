package io.rekindle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.connectors.kafka.KafkaAccess;
import io.rekindle.connectors.kafka.Topics;
import io.rekindle.connectors.setup.ConnectorMain;
import io.rekindle.connectors.setup.CreateTopics;
import io.rekindle.connectors.setup.Migrate;
import io.rekindle.dashboard.DashboardSettings;
import io.rekindle.email.sender.settings.SenderSettings;
import io.rekindle.job.JobSettings;
import io.rekindle.platform.rest.FlinkReader;
import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.text.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docker-compose.yml and the Dockerfiles, against each other and against what they name. That it
 * runs is for deploy/docker/check, which needs an engine.
 */
class ComposeTest {

  private static final Path DOCKER = Repository.ROOT.resolve("deploy/docker");
  private static final Path FILE = Repository.COMPOSE;

  /** What we use of Compose; all of it is known to 1.29 and to 2. */
  private static final Set<String> KEYS =
      Set.of(
          "build",
          "cap_drop",
          "command",
          "depends_on",
          "entrypoint",
          "environment",
          "healthcheck",
          "image",
          "logging",
          "mem_limit",
          "pids_limit",
          "ports",
          "profiles",
          "read_only",
          "restart",
          "security_opt",
          "shm_size",
          "stop_grace_period",
          "tmpfs",
          "user",
          "volumes");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?][^}]*)?}");
  private static final Pattern MOUNTED_PATH =
      Pattern.compile("/(run|var/lib)/rekindle/[\\w-]+(/[\\w.-]+)*");
  private static final Pattern SECRET = Pattern.compile("[A-Z_]*(PASSWORD|SECRET|API_KEY)");

  /** Nothing is kept from others by their absence: what they open is switched off. */
  private static final Set<String> OPTIONAL_SECRETS =
      Set.of("REKINDLE_SMTP_PASSWORD", "REKINDLE_LLM_API_KEY");

  private static final String CERTIFICATES = "${REKINDLE_CERTIFICATES:-./certificates}/";

  private static final JsonNode COMPOSE = Repository.compose();
  private static final JsonNode SERVICES = COMPOSE.get("services");

  static Stream<String> services() {
    return names(SERVICES).stream();
  }

  static Stream<Path> dockerfiles() {
    return Repository.files(DOCKER, "Dockerfile").stream();
  }

  @ParameterizedTest
  @MethodSource("services")
  void shouldUseOnlyWhatBothVersionsOfComposeKnow(String name) {
    assertThat(names(SERVICES.get(name))).isSubsetOf(KEYS);
    assertThat(names(COMPOSE))
        .filteredOn(key -> !key.startsWith("x-"))
        .containsOnlyOnce("services", "volumes");
  }

  @ParameterizedTest
  @MethodSource("services")
  void shouldGiveNoProcessMoreThanItNeeds(String name) {
    JsonNode service = SERVICES.get(name);
    assertThat(service.get("read_only").asBoolean()).isTrue();
    assertThat(texts(service.get("cap_drop"))).containsExactly("ALL");
    assertThat(texts(service.get("security_opt"))).containsExactly("no-new-privileges:true");
    assertThat(service.has("mem_limit") && service.has("pids_limit")).isTrue();
    assertThat(texts(service.path("ports"))).allMatch(port -> port.startsWith("127.0.0.1:"));
    for (String volume : texts(service.path("volumes"))) {
      if (volume.startsWith(CERTIFICATES)) {
        assertThat(volume).endsWith(":ro");
        continue;
      }
      String from = volume.substring(0, volume.indexOf(':'));
      if (from.startsWith(".")) {
        assertThat(volume).endsWith(":ro");
        assertThat(Repository.ROOT.resolve(from)).isDirectory();
      } else {
        assertThat(names(COMPOSE.get("volumes"))).contains(from);
      }
    }
    if (!service.get("image").asText().startsWith("rekindle/")) {
      assertThat(service.get("user").asText()).as("user of a foreign image").matches("[1-9].*");
    }
  }

  /** A part has its own key and no other one; only the job's parts and the reader open Flink. */
  @Test
  void shouldGiveEachPartItsOwnKey() {
    Map<String, Set<String>> holders = new TreeMap<>();
    services()
        .forEach(
            name ->
                texts(SERVICES.get(name).path("volumes")).stream()
                    .filter(volume -> volume.startsWith(CERTIFICATES))
                    .map(volume -> volume.substring(CERTIFICATES.length()).split(":", -1))
                    .forEach(
                        mount -> {
                          assertThat(mount[1]).isEqualTo("/run/rekindle/" + mount[0]);
                          holders.computeIfAbsent(mount[0], unknown -> new TreeSet<>()).add(name);
                        }));
    assertThat(holders.remove("trust"))
        .contains("migrate", "connect", "job", "taskmanager", "dashboard", "sender", "ready");
    assertThat(holders)
        .isEqualTo(
            Map.of(
                "postgres", Set.of("postgres"),
                "kafka", Set.of("kafka"),
                "connect", Set.of("connect"),
                "connect-api", Set.of("connect", "connector"),
                "flink", Set.of("flink-reader", "job", "jobmanager", "taskmanager"),
                "job", Set.of("job", "jobmanager", "taskmanager"),
                "dashboard", Set.of("dashboard"),
                "setup", Set.of("topics")));
    String script = Repository.text(DOCKER.resolve("new-certificates"));
    holders
        .keySet()
        .forEach(key -> assertThat(script).containsPattern("(?m)^(part|own_key) " + key + "\\b"));
    for (String name : List.of(KafkaAccess.CONNECT, KafkaAccess.JOB, KafkaAccess.DASHBOARD)) {
      assertThat(script)
          .as("the names that have rights")
          .containsPattern("(?m)^part " + name.replaceFirst("^rekindle-", "") + "$");
    }
  }

  /** Paths are in the settings, in the image and in the script that a container starts. */
  @ParameterizedTest
  @MethodSource("services")
  void shouldMountEveryPathThatItNames(String name) {
    JsonNode service = SERVICES.get(name);
    List<String> mounts = mounts(name);
    Set<String> paths = new TreeSet<>();
    String image = service.get("image").asText();
    StringBuilder text =
        new StringBuilder().append(service.path("environment")).append(service.path("command"));
    if (name.equals("connector")) {
      // The worker reads this file.
      String certificate = service.at("/environment/REKINDLE_DATABASE_ROOT_CERTIFICATE").asText();
      assertThat(mounts("connect")).anyMatch(mount -> isBelow(certificate, mount));
      text.replace(0, text.length(), text.toString().replace(certificate, ""));
    }
    if (image.startsWith("rekindle/")) {
      Path directory = DOCKER.resolve(image.substring("rekindle/".length(), image.indexOf(':')));
      Path script =
          directory.resolve(
              service.at("/entrypoint/0").asText("start").replace("/opt/rekindle/bin/", ""));
      text.append(Repository.text(directory.resolve("Dockerfile")))
          .append(Files.exists(script) ? Repository.text(script) : "");
    }
    MOUNTED_PATH.matcher(text).results().forEach(path -> paths.add(path.group()));
    assertThat(paths)
        .allSatisfy(path -> assertThat(mounts).anyMatch(mount -> isBelow(path, mount)));
    if (text.indexOf("keystore.password") >= 0) {
      List<String> keys =
          Pattern.compile("_TLS=/run/rekindle/([\\w-]+)")
              .matcher(text)
              .results()
              .map(key -> key.group(1))
              .toList();
      assertThat(keys).isNotEmpty();
      for (String key : keys) {
        assertThat(Repository.text(DOCKER.resolve("new-certificates")))
            .as("the key store of " + name)
            .containsPattern("(?m)^store " + key + "$");
      }
    }
    for (Map.Entry<String, JsonNode> variable : service.path("environment").properties()) {
      if (variable.getKey().endsWith("_TLS")) {
        assertThat(Repository.text(DOCKER.resolve("new-certificates")))
            .as("the key of " + name)
            .containsPattern(
                "(?m)^(part|own_key) "
                    + Path.of(variable.getValue().asText()).getFileName()
                    + "\\b");
      }
    }
  }

  private static List<String> mounts(String service) {
    return texts(SERVICES.get(service).path("volumes")).stream()
        .map(volume -> volume.replaceFirst(":ro$", "").replaceFirst("^.*:", ""))
        .toList();
  }

  private static boolean isBelow(String path, String mount) {
    return (path + "/").startsWith(mount + "/");
  }

  @Test
  void shouldKnowTheDatabaseByItsCertificate() {
    for (String name : services().toList()) {
      JsonNode environment = SERVICES.get(name).path("environment");
      for (String variable : List.of("REKINDLE_DATABASE_URL", "DATA_SOURCE_URI")) {
        if (environment.has(variable)) {
          assertThat(environment.get(variable).asText())
              .as(name)
              .endsWith("?sslmode=verify-full&sslrootcert=/run/rekindle/trust/ca.crt");
        }
      }
      if (environment.has("PGHOST")) {
        assertThat(environment.get("PGSSLMODE").asText()).as(name).isEqualTo("verify-full");
      }
    }
    assertThat(SERVICES.at("/connector/environment/REKINDLE_DATABASE_ROOT_CERTIFICATE").asText())
        .isEqualTo("/run/rekindle/trust/ca.crt");
    assertThat(Repository.text(DOCKER.resolve("postgres/pg_hba.conf")).lines())
        .filteredOn(line -> !line.startsWith("#"))
        .containsExactly("hostssl all all all scram-sha-256");
  }

  @ParameterizedTest
  @MethodSource("services")
  void shouldWaitForWhatCanBeWaitedFor(String name) {
    for (Map.Entry<String, JsonNode> other : SERVICES.get(name).path("depends_on").properties()) {
      JsonNode service = SERVICES.get(other.getKey());
      assertThat(service).as(other.getKey()).isNotNull();
      switch (other.getValue().get("condition").asText()) {
        case "service_healthy" -> assertThat(service.has("healthcheck")).isTrue();
        case "service_completed_successfully" ->
            assertThat(service.get("restart").asText()).isEqualTo("no");
        default ->
            assertThat(other.getValue().get("condition").asText()).isEqualTo("service_started");
      }
      assertThat(reachable(other.getKey(), new HashSet<>())).as("no circle").doesNotContain(name);
    }
  }

  @Test
  void shouldRunTheImagesOfThisVersionAndAllThatKubernetesRuns() {
    Set<String> images =
        services()
            .map(name -> SERVICES.get(name).get("image").asText())
            .filter(image -> image.startsWith("rekindle/"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(images).allMatch(image -> image.endsWith(":" + Version.CURRENT));
    Set<String> built =
        services()
            .filter(name -> SERVICES.get(name).has("build"))
            .map(name -> SERVICES.get(name).get("image").asText())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(built).as("each is built").isEqualTo(images);
    JsonNode kubernetes =
        Repository.yaml(
            Repository.ROOT.resolve("deploy/kubernetes/base/kustomization.yaml"), JsonNode.class);
    for (JsonNode image : kubernetes.get("images")) {
      String name = image.get("name").asText() + ":" + image.get("newTag").asText();
      assertThat(Repository.text(FILE)).contains(name);
    }
  }

  @Test
  void shouldBuildOnTheVersionsThatTheBuildHas() {
    String pom = Repository.text(Repository.ROOT.resolve("pom.xml"));
    Map<String, String> bases = new LinkedHashMap<>();
    dockerfiles()
        .forEach(
            file ->
                Pattern.compile("ARG BASE=(\\S+)")
                    .matcher(Repository.text(file))
                    .results()
                    .forEach(
                        base ->
                            bases.put(file.getParent().getFileName().toString(), base.group(1))));
    assertThat(bases)
        .containsEntry("kafka", "apache/kafka:" + version(pom, "kafka"))
        .containsEntry("connect", "apache/kafka:" + version(pom, "kafka"))
        .containsEntry("flink", "flink:" + version(pom, "flink") + "-java17")
        .containsEntry("postgres", "postgres:" + version(pom, "zonky-binaries").split("\\.", 2)[0]);
    for (String name : services().toList()) {
      JsonNode build = SERVICES.get(name).path("build");
      if (!build.isMissingNode()) {
        Path directory = Path.of(build.get("dockerfile").asText()).getParent();
        assertThat(build.at("/args/BASE").asText())
            .as("the base is the Dockerfile's, and can be another")
            .matches(
                "\\$\\{REKINDLE_[A-Z]+_BASE:-"
                    + Pattern.quote(bases.get(directory.getFileName().toString()))
                    + "}");
      }
    }
  }

  /** The basics of what a linter asks for. */
  @ParameterizedTest
  @MethodSource("dockerfiles")
  void shouldBuildSmallAndWithoutSurprises(Path file) {
    List<String> lines =
        Repository.text(file)
            .replace("\\\n", " ")
            .lines()
            .filter(line -> !line.startsWith("#"))
            .toList();
    assertThat(lines.get(0)).startsWith("ARG BASE=").doesNotContain(":latest").contains(":");
    assertThat(lines.get(1)).isEqualTo("FROM ${BASE}");
    assertThat(lines).noneMatch(line -> line.startsWith("ADD ") || line.contains("apt-get"));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("ENTRYPOINT ") || line.startsWith("CMD "))
        .allMatch(line -> line.matches("[A-Z]+ +\\[.*]"));
    assertThat(lines)
        .filteredOn(line -> line.startsWith("ENV "))
        .noneMatch(line -> SECRET.matcher(line).find());
    List<String> users = lines.stream().filter(line -> line.startsWith("USER ")).toList();
    assertThat(users.get(users.size() - 1)).doesNotContain("root").doesNotContain(" 0");
  }

  @ParameterizedTest
  @MethodSource("dockerfiles")
  void shouldCopyOnlyWhatThereIsAndWhatTheContextHas(Path file) {
    List<String> allowed =
        Repository.text(Repository.ROOT.resolve(".dockerignore"))
            .lines()
            .filter(line -> line.startsWith("!"))
            .map(line -> line.substring(1))
            .toList();
    for (String source : copied(file)) {
      assertThat(allowed)
          .as(source)
          .anyMatch(
              path ->
                  (source + "/").startsWith(path + "/")
                      || source.replace("[0-9]", "").equals(path));
      int built = source.indexOf("/target/");
      Path there = Repository.ROOT.resolve(built < 0 ? source : source.substring(0, built));
      assertThat(there).exists();
      if (Files.isRegularFile(there) && Repository.text(there).startsWith("#!")) {
        assertThat(Files.isExecutable(there)).as(source).isTrue();
      }
    }
  }

  /** A start script fills the placeholders from the environment: of image, container or its own. */
  @ParameterizedTest
  @MethodSource("dockerfiles")
  void shouldHaveAValueForEveryPlaceholder(Path file) {
    String start = "";
    if (Files.exists(file.resolveSibling("start"))) {
      start = Repository.text(file.resolveSibling("start"));
    }
    String settings =
        Repository.text(file)
            + start
            + services()
                .map(SERVICES::get)
                .filter(
                    service ->
                        service
                            .at("/build/dockerfile")
                            .asText()
                            .endsWith(file.getParent().getFileName() + "/Dockerfile"))
                .flatMap(service -> names(service.path("environment")).stream())
                .map(name -> name + "=")
                .collect(Collectors.joining("\n"));
    for (String source : copied(file)) {
      if (source.startsWith("deploy/config/")) {
        Pattern.compile("\\$\\{([A-Z_]+)}")
            .matcher(Repository.text(Repository.ROOT.resolve(source)))
            .results()
            .forEach(name -> assertThat(settings).contains(name.group(1) + "="));
      }
    }
  }

  @Test
  void shouldRefuseToStartWithoutSecretsAndNameEveryVariable() {
    Map<String, String> variables = new LinkedHashMap<>();
    VARIABLE
        .matcher(Repository.text(FILE))
        .results()
        .forEach(
            match ->
                variables.merge(
                    match.group(1), operator(match), (a, b) -> a.equals(b) ? a : a + b));
    Set<String> offered = new TreeSet<>();
    Set<String> required = new TreeSet<>();
    for (String line : Repository.text(Repository.ROOT.resolve(".env.example")).split("\n", -1)) {
      if (line.matches("#?REKINDLE_[A-Z_]+=.*")) {
        String name = line.substring(line.indexOf("REKINDLE"), line.indexOf('='));
        offered.add(name);
        if (!line.startsWith("#")) {
          assertThat(line).as("no secret comes with the file").endsWith("=");
          required.add(name);
        }
      }
    }
    assertThat(offered).isEqualTo(new TreeSet<>(variables.keySet()));
    variables.forEach(
        (name, operator) -> {
          assertThat(operator.length()).as(name + " has one default").isEqualTo(2);
          boolean secret = SECRET.matcher(name).matches() && !OPTIONAL_SECRETS.contains(name);
          assertThat(operator).as(name).isEqualTo(secret ? ":?" : ":-");
          assertThat(required.contains(name)).as(name).isEqualTo(secret);
        });
  }

  @Test
  void shouldSetOnlyWhatThePartsKnow() {
    assertThat(settings("dashboard")).isSubsetOf(KnownSettings.of(DashboardSettings.SETTINGS));
    assertThat(settings("sender")).isSubsetOf(KnownSettings.of(SenderSettings.SETTINGS));
    assertThat(settings("job")).isSubsetOf(KnownSettings.of(JobSettings.SETTINGS));
    assertThat(settings("migrate")).isSubsetOf(KnownSettings.of(Migrate.SETTINGS));
    assertThat(settings("topics")).isSubsetOf(KnownSettings.of(CreateTopics.SETTINGS));
    assertThat(settings("connector")).isSubsetOf(KnownSettings.of(ConnectorMain.SETTINGS));
    assertThat(settings("flink-reader")).isSubsetOf(KnownSettings.of(FlinkReader.SETTINGS));
    assertThat(settings("taskmanager")).isSubsetOf(KnownSettings.of(JobSettings.SETTINGS));
    for (String name : List.of("migrate", "topics", "connector")) {
      assertThat(SERVICES.get(name).at("/environment/REKINDLE_TOPIC_PARTITIONS").asInt())
          .isEqualTo(Topics.standard().users().partitions());
    }
  }

  /** Which server of models is asked, and within which limits, is a matter of each shop. */
  @Test
  void shouldPassOnEverySettingOfTheModel() {
    assertThat(settings("job")).containsAll(ofModels(JobSettings.SETTINGS));
    assertThat(settings("dashboard")).containsAll(ofModels(DashboardSettings.SETTINGS));
  }

  private static List<String> ofModels(ProgramSettings program) {
    return KnownSettings.of(program).stream()
        .filter(name -> name.startsWith("REKINDLE_LLM_"))
        .toList();
  }

  @Test
  void shouldStartProgramsThatThereAre() throws ClassNotFoundException {
    for (String text :
        List.of(Repository.text(FILE), Repository.text(DOCKER.resolve("migrate/Dockerfile")))) {
      for (MatchResult name :
          Pattern.compile("io\\.rekindle\\.(connectors|platform)(\\.[a-z]+)+\\.[A-Z]\\w+")
              .matcher(text)
              .results()
              .toList()) {
        assertThat(Class.forName(name.group(0))).hasDeclaredMethods("main");
      }
    }
  }

  @Test
  void shouldBeScrapedWhereItListens() {
    JsonNode prometheus =
        Repository.yaml(
            Repository.OBSERVABILITY.resolve("prometheus/prometheus.yml"), JsonNode.class);
    for (JsonNode targets : prometheus.get("scrape_configs").findValues("targets")) {
      for (String target : texts(targets)) {
        String[] address = target.split(":", 2);
        JsonNode service = SERVICES.get(address[0]);
        assertThat(service).as(target).isNotNull();
        String image = service.get("image").asText();
        if (image.startsWith("rekindle/")) {
          String directory = image.substring("rekindle/".length(), image.indexOf(':'));
          assertThat(Repository.text(DOCKER.resolve(directory).resolve("Dockerfile")))
              .containsPattern("(?m)^EXPOSE .*\\b" + address[1] + "\\b");
        }
      }
    }
    Path grafana = Repository.OBSERVABILITY.resolve("grafana/provisioning");
    String mounts = SERVICES.get("grafana").get("volumes").toString();
    assertThat(mounts)
        .contains(
            ":"
                + Repository.yaml(grafana.resolve("dashboards/rekindle.yml"), JsonNode.class)
                    .at("/providers/0/options/path")
                    .asText());
    assertThat(
            Repository.yaml(grafana.resolve("datasources/prometheus.yml"), JsonNode.class)
                .at("/datasources/0/url")
                .asText())
        .isEqualTo("http://prometheus:9090");
  }

  @Test
  void shouldLeaveTheTaskManagerWhatItsSettingsGiveIt() {
    JsonNode memory =
        Repository.yaml(Repository.ROOT.resolve("deploy/config/flink/config.yaml"), JsonNode.class)
            .at("/taskmanager/memory");
    int sum =
        Stream.of(
                "/framework/heap/size",
                "/framework/off-heap/size",
                "/task/heap/size",
                "/task/off-heap/size",
                "/network/max",
                "/managed/size",
                "/jvm-metaspace/size",
                "/jvm-overhead/max")
            .mapToInt(part -> Integer.parseInt(memory.at(part).asText().replace("m", "")))
            .sum();
    assertThat(SERVICES.at("/taskmanager/mem_limit").asText()).endsWith("m");
    assertThat(Integer.parseInt(SERVICES.at("/taskmanager/mem_limit").asText().replace("m", "")))
        .isGreaterThanOrEqualTo(sum);
  }

  @Test
  void shouldLeaveOutOfLogsWhatTheLocalStackDoes() {
    assertThat(setting("console.properties", "filter.known.regex"))
        .isEqualTo(setting("log4j2.properties", "filter.known.regex"));
    assertThat(setting("console.properties", "layout.pattern"))
        .isEqualTo(setting("log4j2.properties", "layout.pattern"));
  }

  /** All whose logs are ours to say, and Flink's client, which says only what goes wrong. */
  @Test
  void shouldLogObjectsUnlessToldOtherwise() {
    Set<String> logging = new TreeSet<>();
    for (String name : services().toList()) {
      if (SERVICES.get(name).at("/environment/REKINDLE_LOG_FORMAT").asText().endsWith(":-json}")) {
        logging.add(name);
      }
    }
    assertThat(logging)
        .containsExactly(
            "connect",
            "connector",
            "dashboard",
            "job",
            "jobmanager",
            "kafka",
            "migrate",
            "sender",
            "taskmanager",
            "topics");
  }

  /** By the end of its name; there is one. */
  private static String setting(String file, String name) {
    List<String> values =
        Repository.text(Repository.ROOT.resolve("deploy/config/logging").resolve(file))
            .lines()
            .filter(line -> line.split(" = ", 2)[0].endsWith(name))
            .map(line -> line.split(" = ", 2)[1])
            .toList();
    assertThat(values).as(name).hasSize(1);
    return values.get(0);
  }

  private static Set<String> reachable(String name, Set<String> seen) {
    if (seen.add(name)) {
      names(SERVICES.get(name).path("depends_on")).forEach(other -> reachable(other, seen));
    }
    return seen;
  }

  /** Sources of COPY, without a slash at the end. */
  private static List<String> copied(Path dockerfile) {
    List<String> sources = new ArrayList<>();
    for (String line : Repository.text(dockerfile).replace("\\\n", " ").split("\n", -1)) {
      if (line.startsWith("COPY ")) {
        List<String> words = List.of(line.substring("COPY ".length()).strip().split(" +", -1));
        words
            .subList(0, words.size() - 1)
            .forEach(word -> sources.add(word.replaceFirst("/$", "")));
      }
    }
    return sources;
  }

  private static String operator(MatchResult match) {
    return match.group(2) == null ? "" : match.group(2).substring(0, 2);
  }

  private static String version(String pom, String of) {
    return Pattern.compile("<version\\." + of + ">([^<]+)<")
        .matcher(pom)
        .results()
        .map(match -> match.group(1))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> settings(String service) {
    return names(SERVICES.get(service).get("environment")).stream()
        .filter(name -> name.startsWith("REKINDLE_"))
        .filter(name -> !KnownSettings.ofLogging().contains(name))
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
