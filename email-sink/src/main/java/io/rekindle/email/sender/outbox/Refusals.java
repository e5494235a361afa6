package io.rekindle.email.sender.outbox;

import io.rekindle.email.sender.mail.RefusalMatter;
import io.rekindle.email.sender.mail.SmtpReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what the refusal of an email means, by what the servers answer to the others. Words and
 * codes alone do not tell a closed mailbox from a sender that is not wanted: both may be {@code 550
 * 5.1.1 user unknown}. So a refusal for good is believed only
 *
 * <ul>
 *   <li>when the same domain then accepts another email,
 *   <li>or at the second refusal of the email, if servers accepted others in between and at most
 *       two addresses of its domain are refused since the domain accepted one,
 *   <li>or at the second refusal of the email, if it is the only one refused since any email was
 *       accepted.
 * </ul>
 *
 * <p>Until then nothing has failed and no address is suppressed. A refusal of the content or of the
 * sender needs both: other emails that are accepted, and a second refusal. Refusals in a row pause
 * a domain, or all. Not thread-safe.
 */
final class Refusals {

  /** Emails of a domain refused in a row, after which the domain rests. */
  private static final int ROW_OF_DOMAIN = 3;

  /** Emails of several domains refused in a row, after which all rest. */
  private static final int ROW_OF_ALL = 5;

  /** Domains in a row that refuse the sender, after which all rest. */
  private static final int DOMAINS_AGAINST_SENDER = 2;

  /** Addresses of a domain that may be closed although the domain has accepted none since. */
  private static final int CLOSED_AT_ONCE = 2;

  /** Bounds the memory. An older refusal counts as a first one when it comes again. */
  private static final int MAX_UNCONFIRMED = 10_000;

  /** What to do with an email. */
  enum Fate {
    /** It is offered again later. */
    RETRY,
    /** It is offered again later, and the attempt does not count: the fault is not its own. */
    KEEP,
    /** It is not clear yet whose matter it is. It is offered again later. */
    UNCONFIRMED,
    /** It has failed. */
    FAIL
  }

  /** What rests. */
  enum Rest {
    NONE,
    DOMAIN,
    /** All, until the server is ready again. */
    AWAY,
    /** All, until an operator has fixed the cause. */
    ALL
  }

  record Decision(Fate fate, Rest rest) {}

  /**
   * A refused email.
   *
   * @param address to which it was offered
   */
  record Refused(String emailId, String userId, String address, String domain, SmtpReply reply) {

    /** Whether the address takes no mail, now or later. */
    boolean isGone() {
      return reply.matter() == RefusalMatter.RECIPIENT_GONE;
    }
  }

  private static final class Unconfirmed {
    Refused refused;
    boolean acceptedOthers;
    boolean acceptedOfDomain;

    Unconfirmed(Refused refused) {
      this.refused = refused;
    }
  }

  /** The emails refused since one was accepted, with their domains. */
  private final Map<String, String> row = new HashMap<>();

  /** The same for each domain, since the domain accepted one. */
  private final Map<String, Set<String>> rowOfDomain = new HashMap<>();

  private final Set<String> againstSender = new HashSet<>();
  private final Set<String> beforeRecipient = new HashSet<>();
  private final Map<String, Unconfirmed> unconfirmed = new LinkedHashMap<>();

  /** The words of the last refusal for which something rests; null since one was accepted. */
  private String resting;

  /** Why servers may refuse all emails; empty since one was accepted. */
  Optional<String> resting() {
    return Optional.ofNullable(resting);
  }

  /** Returns the refusals that this acceptance confirms: they were the recipients' own. */
  List<Refused> accepted(String domain) {
    row.clear();
    againstSender.clear();
    beforeRecipient.clear();
    resting = null;
    rowOfDomain.remove(domain);
    List<Refused> confirmed = new ArrayList<>();
    for (Iterator<Unconfirmed> i = unconfirmed.values().iterator(); i.hasNext(); ) {
      Unconfirmed known = i.next();
      known.acceptedOthers = true;
      if (known.refused.domain().equals(domain)) {
        known.acceptedOfDomain = true;
        RefusalMatter matter = known.refused.reply().matter();
        if (matter != RefusalMatter.CONTENT && !matter.isOurs()) {
          confirmed.add(known.refused);
          i.remove();
        }
      }
    }
    return confirmed;
  }

  /** Decides about a refusal of any kind. */
  Decision refused(Refused refused) {
    Decision decision = decide(refused);
    if (decision.rest() != Rest.NONE) {
      resting = refused.reply().withoutAddresses();
    }
    return decision;
  }

  private Decision decide(Refused refused) {
    SmtpReply reply = refused.reply();
    RefusalMatter matter = reply.matter();
    if (matter.isOurs() && wasAcceptedSince(refused)) {
      // A reply in these words to one email alone, again and again, must not hold the others.
      boolean failed = matter == RefusalMatter.SENDER && reply.isPermanent();
      return new Decision(failed ? Fate.FAIL : Fate.RETRY, Rest.NONE);
    }
    if (matter == RefusalMatter.ACCOUNT) {
      return new Decision(Fate.KEEP, Rest.ALL);
    }
    if (reply.isBeforeRecipient()) {
      return beforeRecipient(refused);
    }
    enter(refused);
    if (matter == RefusalMatter.RATE) {
      return new Decision(Fate.KEEP, Rest.DOMAIN);
    }
    if (matter == RefusalMatter.SENDER) {
      againstSender.add(refused.domain());
      boolean all = againstSender.size() >= DOMAINS_AGAINST_SENDER;
      return new Decision(Fate.KEEP, all ? Rest.ALL : Rest.DOMAIN);
    }
    Fate fate =
        !reply.isPermanent() ? Fate.RETRY : isConfirmed(refused) ? Fate.FAIL : Fate.UNCONFIRMED;
    return new Decision(fate, rest(refused));
  }

  /**
   * Whether others were accepted between an earlier refusal of this email and this one: for the
   * account any other, else one of its domain.
   */
  private boolean wasAcceptedSince(Refused refused) {
    Unconfirmed known = unconfirmed.remove(refused.emailId());
    boolean ofAccount = refused.reply().matter() == RefusalMatter.ACCOUNT;
    if (known != null && (ofAccount ? known.acceptedOthers : known.acceptedOfDomain)) {
      return true;
    }
    remember(refused);
    return false;
  }

  /** A server that does not know the recipient yet would answer any email in this way. */
  private Decision beforeRecipient(Refused refused) {
    if (refused.reply().isPermanent()) {
      return new Decision(Fate.KEEP, Rest.ALL);
    }
    beforeRecipient.add(refused.emailId());
    return new Decision(
        Fate.RETRY, beforeRecipient.size() >= ROW_OF_DOMAIN ? Rest.AWAY : Rest.NONE);
  }

  private void enter(Refused refused) {
    row.put(refused.emailId(), refused.domain());
    rowOfDomain.computeIfAbsent(refused.domain(), d -> new HashSet<>()).add(refused.emailId());
  }

  private Rest rest(Refused refused) {
    if (row.size() >= ROW_OF_ALL && new HashSet<>(row.values()).size() > 1) {
      return Rest.ALL;
    }
    return rowOfDomain.get(refused.domain()).size() >= ROW_OF_DOMAIN ? Rest.DOMAIN : Rest.NONE;
  }

  private boolean isConfirmed(Refused refused) {
    Unconfirmed known = unconfirmed.get(refused.emailId());
    if (known == null) {
      remember(refused);
      return false;
    }
    known.refused = refused;
    boolean few = rowOfDomain.get(refused.domain()).size() <= CLOSED_AT_ONCE;
    boolean confirmed =
        refused.reply().matter() == RefusalMatter.CONTENT
            ? known.acceptedOfDomain || (known.acceptedOthers && few)
            : few && (known.acceptedOthers || row.size() == 1);
    if (confirmed) {
      unconfirmed.remove(refused.emailId());
    }
    return confirmed;
  }

  private void remember(Refused refused) {
    if (unconfirmed.size() >= MAX_UNCONFIRMED) {
      Iterator<String> oldest = unconfirmed.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    unconfirmed.put(refused.emailId(), new Unconfirmed(refused));
  }
}
