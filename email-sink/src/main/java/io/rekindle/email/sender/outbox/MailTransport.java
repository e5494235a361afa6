package io.rekindle.email.sender.outbox;

/** Hands emails over. Not thread-safe. */
public interface MailTransport extends AutoCloseable {

  /**
   * Gets ready to deliver, if it is not.
   *
   * @return whether that took a while, so that the email may have changed since its recheck
   * @throws TransportException if that is not possible, for any email
   */
  boolean connect() throws TransportException;

  /**
   * Hands over one email; has to be connected.
   *
   * @param address valid
   */
  DeliveryResult deliver(OutgoingMessage message, String address);

  /** Closes the connection of {@link #connect}; both may be called again. */
  @Override
  void close();

  /** Nothing can be handed over. */
  public final class TransportException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean refused;

    /**
     * @param refused whether an operator has to fix the cause; otherwise a later attempt may
     *     succeed
     * @param message without personal data and secrets
     */
    public TransportException(boolean refused, String message, Throwable cause) {
      super(message, cause);
      this.refused = refused;
    }

    public boolean refused() {
      return refused;
    }
  }
}
