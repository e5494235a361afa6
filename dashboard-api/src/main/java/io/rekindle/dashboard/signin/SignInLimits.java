package io.rekindle.dashboard.signin;

import io.rekindle.dashboard.access.AddressGroup;
import io.rekindle.dashboard.access.RateLimit;
import io.rekindle.dashboard.access.TooManyRequestsException;
import java.time.Duration;
import java.util.Locale;

/**
 * How often a password may be tried. Attempts count by network and by the account within a network,
 * so that the failures of one person do not keep the owner of an account out. Attempts from many
 * networks count by account, too. A browser that has signed in to the account before counts by
 * itself alone: it gets in while other people guess. Thread-safe.
 */
final class SignInLimits {

  private final RateLimit byNetwork = new RateLimit(60, Duration.ofMinutes(1));
  private final RateLimit byAccountAndNetwork = new RateLimit(10, Duration.ofMinutes(1));
  private final RateLimit byAccount = new RateLimit(100, Duration.ofMinutes(1));
  private final RateLimit byKnownBrowser = new RateLimit(10, Duration.ofMinutes(1));
  private final RateLimit byOwner = new RateLimit(10, Duration.ofMinutes(1));

  /**
   * Counts an attempt of a browser that is not known.
   *
   * @throws TooManyRequestsException after too many
   */
  void takeForUnknownBrowser(String email, String address) {
    String account = email.toLowerCase(Locale.ROOT);
    String network = AddressGroup.of(address);
    byNetwork.take(network, 1);
    byAccountAndNetwork.take(network + " " + account, 1);
    byAccount.take(account, 1);
  }

  /**
   * Counts an attempt of a browser that has signed in to the account before.
   *
   * @throws TooManyRequestsException after too many
   */
  void takeForKnownBrowser(String browserToken) {
    byKnownBrowser.take(browserToken, 1);
  }

  /**
   * Counts a try to give the current password by someone who is signed in.
   *
   * @throws TooManyRequestsException after too many
   */
  void takeForOwner(String accountId) {
    byOwner.take(accountId, 1);
  }
}
