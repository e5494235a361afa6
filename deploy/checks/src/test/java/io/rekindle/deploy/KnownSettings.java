package io.rekindle.deploy;

import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.Setting;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The environment variables that each part knows. */
final class KnownSettings {

  private static final Pattern VARIABLE = Pattern.compile("REKINDLE_[A-Z_]+");

  private KnownSettings() {}

  /** The variables of a program, without the old names that still work. */
  static Set<String> of(ProgramSettings program) {
    Set<String> names = new TreeSet<>();
    program.all().stream().map(Setting::variable).forEach(names::add);
    return names;
  }

  /** The variables of the logging configuration that the programs share. */
  static Set<String> ofLogging() {
    Set<String> names = new TreeSet<>();
    Matcher name =
        VARIABLE.matcher(
            Repository.text(Repository.ROOT.resolve("deploy/config/logging/console.properties")));
    while (name.find()) {
      names.add(name.group());
    }
    return names;
  }
}
