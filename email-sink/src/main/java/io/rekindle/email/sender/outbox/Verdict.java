package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.mail.MailAddress;
import io.rekindle.email.sender.outbox.QueuedEmail.OutreachSettings;
import io.rekindle.scoring.contact.ContactRule;
import io.rekindle.scoring.contact.Obstacle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The result of the recheck before an email is sent. */
sealed interface Verdict {

  /**
   * It may be sent now.
   *
   * @param address valid
   */
  record Send(String address) implements Verdict {}

  /** It may not be sent, now or later. */
  record Cancel(Reason reason) implements Verdict {}

  /** No sender can send it, although the recipient may be written to. */
  record Fail(FailureReason reason) implements Verdict {}

  /**
   * It may not be sent before then.
   *
   * @param rules the outreach settings that hold it back, by their time; null if none do
   */
  record Hold(Instant until, String why, Instant rules) implements Verdict {}

  /** The {@code status_reason} of a cancelled email. */
  enum Reason {
    DECIDED_OTHERWISE,
    NOT_DECIDED,
    USER_REMOVED,
    NO_CONSENT,
    SUPPRESSED,
    NO_ADDRESS,
    ORDERED_SINCE,
    NO_LONGER_AT_RISK,
    RECENTLY_CONTACTED,
    CONTROL_GROUP,
    REJECTED,
    EXPIRED
  }

  /**
   * Longest wait for the decision that an email names. The job stores the two apart, and either may
   * come first.
   */
  Duration DECISION_WAIT = Duration.ofHours(1);

  /** Time until the next look at an email that a pause of all outreach holds back. */
  Duration PAUSE = Duration.ofSeconds(30);

  /**
   * Decides about an email. Final verdicts come first, so that an email that is too old is
   * cancelled although outreach is paused.
   *
   * @param expiry age of the decision at which an email is cancelled. A decision is as old as the
   *     change that caused it, also when the job catches up
   */
  static Verdict on(QueuedEmail email, Duration expiry) {
    if (email.decision() == null) {
      Instant end = email.generatedAt().plus(DECISION_WAIT);
      return email.now().isBefore(end)
          ? new Hold(end, "not decided yet", null)
          : new Cancel(Reason.NOT_DECIDED);
    }
    if (!email.decision().equals("EMAIL")) {
      return new Cancel(Reason.DECIDED_OTHERWISE);
    }
    Obstacle obstacle = ContactRule.obstacle(email.recipient());
    if (obstacle != null) {
      return new Cancel(Reason.valueOf(obstacle.name()));
    }
    Optional<String> address = MailAddress.parseInternational(email.recipient().address());
    if (address.isEmpty()) {
      return new Cancel(Reason.NO_ADDRESS);
    }
    if (email.orderedSince()) {
      return new Cancel(Reason.ORDERED_SINCE);
    }
    if (email.noLongerAtRisk()) {
      return new Cancel(Reason.NO_LONGER_AT_RISK);
    }
    OutreachSettings outreach = email.outreach();
    if (outreach != null
        && ContactRule.isInCooldown(email.lastContactAt(), outreach.cooldownDays(), email.now())) {
      return new Cancel(Reason.RECENTLY_CONTACTED);
    }
    if (outreach != null
        && ContactRule.isControl(email.userId(), outreach.controlSalt(), outreach.controlPpm())) {
      return new Cancel(Reason.CONTROL_GROUP);
    }
    if (email.review().equals("REJECTED")) {
      return new Cancel(Reason.REJECTED);
    }
    if (ContactRule.isExpired(email.decidedAt(), expiry, email.now())) {
      return new Cancel(Reason.EXPIRED);
    }
    if (email.subject().isBlank() || (email.text().isBlank() && email.html().isBlank())) {
      return new Fail(FailureReason.EMPTY);
    }
    if (email.review().equals("WAITING")) {
      return new Hold(email.now().plus(PAUSE), "its texts wait for approval", null);
    }
    if (outreach == null || !outreach.enabled()) {
      return new Hold(email.now().plus(PAUSE), "outreach is paused", null);
    }
    return new QuietHours(outreach.quietFrom(), outreach.quietUntil())
        .endIfQuiet(email.now(), email.timeZone())
        .<Verdict>map(end -> new Hold(end, "quiet hours", outreach.updatedAt()))
        .orElseGet(() -> new Send(address.get()));
  }
}
