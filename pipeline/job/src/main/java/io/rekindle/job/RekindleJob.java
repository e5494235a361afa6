package io.rekindle.job;

import io.rekindle.platform.settings.InvalidSettingsException;
import io.rekindle.platform.settings.ProgramSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Entry point of the job's jar: settings, graph, run. */
public final class RekindleJob {

  private static final String NAME = "rekindle";

  private RekindleJob() {}

  /**
   * Submits the job, or prints help.
   *
   * @throws InvalidSettingsException naming each setting that is unknown, wrong or missing; nothing
   *     was started
   */
  public static void main(String[] arguments) throws Exception {
    // Not readOrExit: Flink's client may forbid a program to end the process.
    if (ProgramSettings.asksForHelp(arguments)) {
      System.out.print(JobSettings.SETTINGS.help());
      return;
    }
    JobSettings settings = JobSettings.read(arguments, System.getenv());
    settings.renamed().forEach(Log.LOG::warn);
    Log.LOG.info("Settings:\n{}", settings);
    ProductionJob.submit(settings);
  }

  /** By which it is found among a cluster's jobs; a shadow is not taken for the one that counts. */
  static String name(JobSettings settings) {
    return settings.get(JobSettings.RESULTS) == JobSettings.Results.LIVE ? NAME : NAME + "-shadow";
  }

  /** Made when first needed, since help is shown where there may be no logging library. */
  private static final class Log {
    private static final Logger LOG = LoggerFactory.getLogger(RekindleJob.class);
  }
}
