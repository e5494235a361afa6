package io.rekindle.job;

import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.ProgramSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point of the job's jar. */
public final class RekindleJob {

  private static final String NAME = "rekindle";

  private RekindleJob() {}

  /**
   * Submits the job, or prints help.
   *
   * @throws InvalidSettingsException naming each setting that is unknown, wrong or missing; the job
   *     has not started
   */
  public static void main(String[] arguments) throws Exception {
    // Flink's client may forbid readOrExit to end the process.
    if (ProgramSettings.asksForHelp(arguments)) {
      System.out.print(JobSettings.SETTINGS.help());
      return;
    }
    JobSettings settings = JobSettings.read(arguments, System.getenv());
    settings.renamed().forEach(Log.LOG::warn);
    Log.LOG.info("Settings:\n{}", settings);
    ProductionJob.submit(settings);
  }

  /** The name of the job on the cluster. A shadow job has another name. */
  static String name(JobSettings settings) {
    return settings.get(JobSettings.RESULTS) == JobSettings.Results.LIVE ? NAME : NAME + "-shadow";
  }

  /** Created at its first use, since help needs no logging library. */
  private static final class Log {
    private static final Logger LOG = LoggerFactory.getLogger(RekindleJob.class);
  }
}
