package io.rekindle.local.server;

import io.rekindle.connectors.kafka.KafkaLogin;
import io.rekindle.job.JobSettings;
import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.ProcessSpec;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.FlinkReader;
import io.rekindle.platform.rest.FlinkRest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A Flink session cluster of one JobManager and a number of TaskManagers. */
public final class FlinkCluster {

  public static final String JOB_MANAGER = "jobmanager";
  public static final String TASK_MANAGER = "taskmanager";

  private final DataDirectory data;
  private final StackKey key;
  private final int pagePort;
  private final int restPort;
  private final int rpcPort;
  private final String classPath;
  private final Map<String, String> jobEnvironment;
  private final int taskManagers;
  private final FlinkRest api;

  /**
   * @param key the key that the REST API and the processes ask for
   * @param pagePort the port that shows Flink to those without the key
   * @param taskManagers the number of TaskManagers
   * @param jobEnvironment environment variables of the job's main method, which runs in the
   *     JobManager, and of its tasks, which read the secrets from there
   */
  public FlinkCluster(
      DataDirectory data,
      StackKey key,
      int pagePort,
      int restPort,
      int rpcPort,
      int taskManagers,
      Map<String, String> jobEnvironment,
      Installation installation) {
    this.data = data;
    this.key = key;
    this.pagePort = pagePort;
    this.restPort = restPort;
    this.rpcPort = rpcPort;
    this.taskManagers = taskManagers;
    this.jobEnvironment = jobEnvironment;
    this.classPath = installation.classPath("flink", data);
    this.api = new FlinkRest(restUrl(), key.directory());
  }

  /** Flink's page, and what it shows, for those without the key. */
  public String pageUrl() {
    return "http://127.0.0.1:" + pagePort;
  }

  /** Flink's REST API, which asks for the key. */
  public String restUrl() {
    return "https://127.0.0.1:" + restPort;
  }

  /**
   * Begins to show the page.
   *
   * @throws Failure if the port is taken
   */
  public FlinkReader showPage() {
    try {
      return new FlinkReader("127.0.0.1", pagePort, URI.create(restUrl()), key.directory());
    } catch (IOException e) {
      throw new Failure("cannot show Flink's page on " + pageUrl() + ": " + e.getMessage(), e);
    }
  }

  public FlinkRest api() {
    return api;
  }

  /**
   * The command line of a job of this cluster, as far as it names the servers and the state.
   *
   * @param postgres the database, which the job enters by the role of the pipeline
   */
  public List<String> jobArguments(
      KafkaLogin kafka,
      PostgresServer postgres,
      int parallelism,
      JobSettings.StateBackend stateBackend) {
    return List.of(
        JobSettings.KAFKA_BOOTSTRAP_SERVERS.argument(),
        kafka.bootstrap(),
        JobSettings.KAFKA_TLS.argument(),
        kafka.tls().toString(),
        JobSettings.DATABASE_URL.argument(),
        postgres.jdbcUrl(),
        JobSettings.DATABASE_USER.argument(),
        PostgresServer.PIPELINE,
        JobSettings.CHECKPOINT_DIRECTORY.argument(),
        checkpoints().toUri().toString(),
        JobSettings.SAVEPOINT_DIRECTORY.argument(),
        savepoints().toUri().toString(),
        JobSettings.PARALLELISM.argument(),
        Integer.toString(parallelism),
        JobSettings.STATE_BACKEND.argument(),
        stateBackend.toString());
  }

  public void configure(Installation installation) {
    installation.configure("flink/java.options", data.config("flink/java.options"), Map.of());
    installation.configure(
        "flink/config.yaml",
        data.config("flink/config.yaml"),
        Map.ofEntries(
            Map.entry("FLINK_JOBMANAGER_HOST", "127.0.0.1"),
            Map.entry("FLINK_TASKMANAGER_HOST", "127.0.0.1"),
            Map.entry("FLINK_LISTEN", "127.0.0.1"),
            Map.entry("FLINK_REST_PORT", Integer.toString(restPort)),
            Map.entry("FLINK_RPC_PORT", Integer.toString(rpcPort)),
            Map.entry("FLINK_TLS", key.directory().toString()),
            Map.entry("FLINK_TLS_PASSWORD", key.password()),
            Map.entry("FLINK_UPLOADS", data.flink("uploads").toString()),
            Map.entry("FLINK_TMP", data.flink("tmp").toString()),
            Map.entry("FLINK_CHECKPOINTS", checkpoints().toUri().toString()),
            Map.entry("FLINK_SAVEPOINTS", savepoints().toUri().toString())));
  }

  public Path checkpoints() {
    return data.flink("checkpoints");
  }

  public Path savepoints() {
    return data.flink("savepoints");
  }

  public Server jobManager() {
    return new Server() {
      @Override
      public ProcessSpec process() {
        return spec(
            JOB_MANAGER,
            "Flink's JobManager",
            List.of(
                "-Xms128m",
                "-Xmx512m",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"),
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            jobEnvironment);
      }

      @Override
      public void check() throws IOException {
        api.freeSlots();
      }
    };
  }

  /** Returns the TaskManagers in the order of their names. */
  public List<Server> taskManagers() {
    return IntStream.rangeClosed(1, taskManagers).mapToObj(this::taskManager).toList();
  }

  /**
   * Returns a TaskManager. The name of the first one has no number, since most stacks have only
   * one.
   */
  private Server taskManager(int number) {
    String name = number == 1 ? TASK_MANAGER : TASK_MANAGER + "-" + number;
    return new Server() {
      @Override
      public ProcessSpec process() {
        return spec(
            name,
            number == 1 ? "Flink's TaskManager" : "Flink's TaskManager " + number,
            // The sums from config.yaml: both heaps, and both off-heaps with network.
            List.of(
                "-Xms256m",
                "-Xmx1024m",
                "-XX:MaxDirectMemorySize=256m",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:+UseParallelGC",
                "-XX:NewRatio=1"),
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            jobEnvironment);
      }

      /** Flink gives TaskManagers its own ids, so the check compares their number. */
      @Override
      public void check() throws IOException {
        int registered = api.taskManagers();
        if (registered < number) {
          throw new IOException("%d TaskManagers are registered".formatted(registered));
        }
      }
    };
  }

  private ProcessSpec spec(
      String name,
      String title,
      List<String> memory,
      String mainClass,
      Map<String, String> variables) {
    List<String> flags = new ArrayList<>(memory);
    flags.add("@" + data.config("flink/java.options"));
    // Flink's web page finds the log by this.
    flags.add("-Dlog.file=" + data.log(name));
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("FLINK_PLUGINS_DIR", data.flink("plugins").toString());
    return ProcessSpec.ofJava(
        name,
        title,
        data,
        classPath,
        flags,
        mainClass,
        List.of("--configDir", data.config("flink").toString()),
        environment,
        Duration.ofSeconds(15));
  }
}
