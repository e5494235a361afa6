package io.rekindle.email.sender.smtp;

import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes the sockets of a session, and knows the last one, so that the wait for a response can
 * depend on the command. The library has one limit for all responses. Not thread-safe.
 */
final class TimedSockets extends SocketFactory {

  private final Duration usual;
  private final Duration endOfMessage;
  private Socket last;

  /**
   * @param usual longest wait for a response
   * @param endOfMessage longest wait for the response to a message
   */
  TimedSockets(Duration usual, Duration endOfMessage) {
    this.usual = usual;
    this.endOfMessage = endOfMessage;
  }

  void waitForEndOfMessage() throws MessagingException {
    limit(endOfMessage);
  }

  void waitAsUsual() throws MessagingException {
    limit(usual);
  }

  private void limit(Duration wait) throws MessagingException {
    try {
      last.setSoTimeout(Math.toIntExact(wait.toMillis()));
    } catch (SocketException e) {
      throw new MessagingException("the connection was lost", e);
    }
  }

  private Socket remember(Socket socket) {
    last = socket;
    return socket;
  }

  @Override
  public Socket createSocket() {
    return remember(new Socket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return remember(new Socket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return remember(new Socket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return remember(new Socket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return remember(new Socket(host, port, local, localPort));
  }

  /** The same for sockets that are encrypted from the first byte, and for STARTTLS. */
  SSLSocketFactory over(SSLSocketFactory tls) {
    return new SSLSocketFactory() {
      @Override
      public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
      }

      @Override
      public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
      }

      @Override
      public Socket createSocket() throws IOException {
        return remember(tls.createSocket());
      }

      /** The wait is that of the socket below, which is known. */
      @Override
      public Socket createSocket(Socket below, String host, int port, boolean autoClose)
          throws IOException {
        return tls.createSocket(below, host, port, autoClose);
      }

      @Override
      public Socket createSocket(String host, int port) throws IOException {
        return remember(tls.createSocket(host, port));
      }

      @Override
      public Socket createSocket(String host, int port, InetAddress local, int localPort)
          throws IOException {
        return remember(tls.createSocket(host, port, local, localPort));
      }

      @Override
      public Socket createSocket(InetAddress host, int port) throws IOException {
        return remember(tls.createSocket(host, port));
      }

      @Override
      public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
          throws IOException {
        return remember(tls.createSocket(host, port, local, localPort));
      }
    };
  }
}
