package io.rekindle.scoring.contact;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A row of contact-cases.csv: a person, and the obstacle on which the pure rule, the SQL function,
 * the job, the sender and the dashboard agree.
 *
 * @param user whether the shop has the user
 * @param address null if there is none
 * @param suppressed whether a suppression is stored
 * @param suppressedAddress null if the suppression covers the person
 * @param opened age of the risk
 * @param contacted time since the last email; null if there was none
 * @param decided age of the decision
 * @param controlShare of all users in the permanent control group. It is chosen by the default
 *     salt, and the name of the case is the id of the user
 * @param obstacle null if there is none
 */
public record ContactCase(
    String name,
    boolean user,
    boolean consents,
    String address,
    boolean suppressed,
    String suppressedAddress,
    Duration opened,
    int staleDays,
    Duration contacted,
    int cooldownDays,
    Duration decided,
    Duration expiry,
    BigDecimal controlShare,
    String obstacle) {

  /** The default of the settings. */
  public static final String CONTROL_SALT = "rekindle";

  private static final int PPM_DIGITS = 6;

  /** All cases. */
  public static List<ContactCase> all() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                ContactCase.class.getResourceAsStream("contact-cases.csv"),
                StandardCharsets.UTF_8))) {
      return lines.lines().skip(1).map(line -> parse(line.split(",", -1))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases that the job sees: the user is there, and no email is written yet. */
  public static Stream<ContactCase> inForceAtDecision() {
    return without("USER_REMOVED", "EXPIRED");
  }

  /** The cases whose obstacle is the person, the control group or the age of the decision. */
  public static Stream<ContactCase> ofPersonAndDecision() {
    return without("STALE", "RECENTLY_CONTACTED");
  }

  /** The cases that the sender sees: the job has decided on an email. */
  public static Stream<ContactCase> inForceAtSending() {
    return without("STALE");
  }

  /** The cases whose obstacle is the person. */
  public static Stream<ContactCase> ofPerson() {
    return without("USER_REMOVED", "STALE", "RECENTLY_CONTACTED", "CONTROL_GROUP", "EXPIRED");
  }

  /** Null if the shop has no such user. */
  public Recipient recipient() {
    return user ? new Recipient(consents, address, suppressed, suppressedAddress) : null;
  }

  /** The control group's share in millionths. */
  public int controlPpm() {
    return controlShare.movePointRight(PPM_DIGITS).intValueExact();
  }

  @Override
  public String toString() {
    return name;
  }

  private static Stream<ContactCase> without(String... obstacles) {
    Set<String> unseen = Set.of(obstacles);
    return all().stream().filter(row -> row.obstacle == null || !unseen.contains(row.obstacle));
  }

  private static ContactCase parse(String[] row) {
    return new ContactCase(
        row[0],
        row[1].equals("yes"),
        row[2].equals("yes"),
        row[3].equals("\"\"") ? "" : orNull(row[3]),
        !row[4].equals("none"),
        orNull(row[5]),
        Duration.parse(row[6]),
        Integer.parseInt(row[7]),
        row[8].isEmpty() ? null : Duration.parse(row[8]),
        Integer.parseInt(row[9]),
        Duration.parse(row[10]),
        Duration.parse(row[11]),
        new BigDecimal(row[12]),
        orNull(row[13]));
  }

  private static String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
