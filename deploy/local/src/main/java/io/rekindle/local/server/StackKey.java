package io.rekindle.local.server;

import io.rekindle.local.process.DataDirectory;
import io.rekindle.local.process.OneShot;
import io.rekindle.local.process.PrivateFiles;
import io.rekindle.local.terminal.Failure;
import io.rekindle.platform.rest.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * The key by which the parts of a stack know each other, in {@code DATA/tls}. Flink, Kafka Connect
 * and Kafka talk to its owner only: other users of the machine cannot read it. The certificate is
 * signed by its own key, and each part trusts this one certificate.
 */
public final class StackKey {

  private static final String DIRECTORY = "tls";
  private static final String STORE = "keystore.p12";
  private static final String PASSWORD = "keystore.password";

  /** The name in the certificate, by which Kafka knows its owner. */
  static final String NAME = "rekindle";

  private static final String VARIABLE = "REKINDLE_KEY_STORE_PASSWORD";

  /** A start within this time of the certificate's end makes a new key. */
  private static final Duration RENEW_BEFORE = Duration.ofDays(30);

  private static final int VALID_DAYS = 3_650;
  private static final int PASSWORD_BYTES = 24;
  private static final int PEM_COLUMNS = 64;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Path directory;
  private final String password;

  private StackKey(Path directory, String password) {
    this.directory = directory;
    this.password = password;
  }

  /**
   * Returns the key of a stack. Makes it if it is missing, or its certificate ends soon.
   *
   * @throws Failure if there is no keytool, or it fails
   */
  public static StackKey readOrCreate(DataDirectory data) {
    Path directory = data.root().resolve(DIRECTORY);
    try {
      if (!isUsable(directory)) {
        create(data, directory);
      }
      return new StackKey(directory, Files.readString(directory.resolve(PASSWORD)));
    } catch (IOException | GeneralSecurityException e) {
      throw new Failure("cannot make the stack's key: " + e.getMessage(), e);
    }
  }

  /** The directory of a {@link TlsIdentity}. */
  public Path directory() {
    return directory;
  }

  /** The password of {@code keystore.p12} in the directory. */
  String password() {
    return password;
  }

  private static boolean isUsable(Path directory) throws IOException, GeneralSecurityException {
    Path certificate = directory.resolve(TlsIdentity.CERTIFICATE);
    if (!Files.exists(certificate)) {
      return false;
    }
    try (InputStream pem = Files.newInputStream(certificate)) {
      X509Certificate own =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
      return own.getNotAfter().toInstant().isAfter(Instant.now().plus(RENEW_BEFORE));
    }
  }

  private static void create(DataDirectory data, Path directory)
      throws IOException, GeneralSecurityException {
    Path unfinished = directory.resolveSibling(DIRECTORY + ".unfinished");
    DataDirectory.deleteTree(unfinished);
    Files.createDirectory(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    PrivateFiles.replace(unfinished.resolve(PASSWORD), password);
    Path store = unfinished.resolve(STORE);
    keytool(store, password, data);
    Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rw-------"));

    KeyStore made = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      made.load(in, password.toCharArray());
    }
    Certificate own = made.getCertificate(NAME);
    String certificate = pem("CERTIFICATE", own.getEncoded());
    byte[] key = made.getKey(NAME, password.toCharArray()).getEncoded();
    PrivateFiles.replace(unfinished.resolve(TlsIdentity.KEY), pem("PRIVATE KEY", key));
    PrivateFiles.replace(unfinished.resolve(TlsIdentity.CERTIFICATE), certificate);
    PrivateFiles.replace(unfinished.resolve(TlsIdentity.TRUSTED), certificate);

    DataDirectory.deleteTree(directory);
    Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes a key and its certificate. The JDK itself has no API for a certificate. */
  private static void keytool(Path store, String password, DataDirectory data) throws IOException {
    ProcessBuilder keytool =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:+UseSerialGC",
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                NAME,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + NAME,
                "-ext",
                "SAN=IP:127.0.0.1,DNS:localhost",
                "-validity",
                Integer.toString(VALID_DAYS),
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                VARIABLE));
    keytool.environment().put(VARIABLE, password);
    OneShot.run("keytool", keytool, data.output("keytool"), LIMIT);
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(
            type, Base64.getMimeEncoder(PEM_COLUMNS, new byte[] {'\n'}).encodeToString(content));
  }
}
