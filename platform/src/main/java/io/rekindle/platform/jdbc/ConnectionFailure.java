package io.rekindle.platform.jdbc;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why there is no connection to the database. The driver reports a certificate that it does not
 * trust without the setting to look at, and a pool reports only that it waited.
 */
public final class ConnectionFailure {

  /** A part of the message of the driver or of the JDK, and the setting that it is about. */
  private static final Map<String, String> SETTINGS = new LinkedHashMap<>();

  static {
    String unknown = "no certificate in the file of sslrootcert has signed the one of the server";
    SETTINGS.put("valid certification path", unknown);
    SETTINGS.put("trust anchors", unknown);
    SETTINGS.put(
        "PKIX path validation",
        "the certificate of the server, or one in the file of sslrootcert, is not valid now");
    SETTINGS.put(
        "HostnameVerifier",
        "the certificate of the server lacks the host, which sslmode=verify-full needs");
    SETTINGS.put("SSL root certificate file", "sslrootcert names no file with certificates in PEM");
    SETTINGS.put("does not support SSL", "sslmode=verify-full needs a server with ssl=on");
  }

  private ConnectionFailure() {}

  /**
   * Returns the message of the driver, with the setting that a failure of TLS is about.
   *
   * @param failure an exception of the driver, or one with such a cause
   */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        message = cause.getMessage();
      }
    }
    return withSetting(message == null ? failure.toString() : message);
  }

  /** Adds the setting to a message that has the text of such a failure; keeps any other. */
  public static String withSetting(String message) {
    return SETTINGS.entrySet().stream()
        .filter(setting -> message.contains(setting.getKey()))
        .findFirst()
        .map(setting -> message.strip().replaceFirst("\\.$", "") + ": " + setting.getValue())
        .orElse(message);
  }
}
