package io.rekindle.connectors.setup;

import java.util.List;

/**
 * How the programs that prepare a deployment begin: they take no arguments, and their settings come
 * from the environment.
 */
public final class Programs {

  private Programs() {}

  /**
   * Ends the process with 2 unless there is nothing wrong.
   *
   * @param help what to print if there are arguments
   * @param problems what is wrong with the settings, a sentence each
   */
  public static void check(String[] args, String help, List<String> problems) {
    if (args.length > 0) {
      System.err.print(help);
      System.exit(2);
    }
    if (!problems.isEmpty()) {
      System.err.println(String.join(System.lineSeparator(), problems));
      System.exit(2);
    }
  }
}
