package io.rekindle.email;

import static io.rekindle.platform.settings.SettingType.duration;

import io.rekindle.platform.settings.ProgramSettings;
import io.rekindle.platform.settings.Setting;
import java.time.Duration;

/** The age at which an email is too old to be sent: one setting of the job and the sender. */
public final class EmailExpiry {

  private EmailExpiry() {}

  /** Declares the setting among those of a program. */
  public static Setting<Duration> declare(ProgramSettings settings, String description) {
    return settings
        .declare("sender.expire", duration(Duration.ofHours(1), Duration.ofDays(30)))
        .withDefault("72 h", description);
  }
}
