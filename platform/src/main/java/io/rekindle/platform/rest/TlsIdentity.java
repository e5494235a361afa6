package io.rekindle.platform.rest;

import io.rekindle.platform.settings.SettingType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A program's own key and certificate, and the certificates that it trusts. They are three files of
 * one directory, in PEM and named as in a Kubernetes Secret: {@code tls.key} (PKCS #8, not
 * encrypted), {@code tls.crt} (the certificate and its chain) and {@code ca.crt}.
 */
public final class TlsIdentity {

  public static final String KEY = "tls.key";
  public static final String CERTIFICATE = "tls.crt";
  public static final String TRUSTED = "ca.crt";

  private static final List<String> FILES = List.of(KEY, CERTIFICATE, TRUSTED);
  private static final List<String> ALGORITHMS = List.of("EC", "RSA");

  private TlsIdentity() {}

  /** The values of a setting that names the directory. */
  public static SettingType<Path> directory() {
    return new SettingType<>(
        "a directory with tls.key, tls.crt and ca.crt",
        text -> {
          Path directory = Path.of(text);
          if (!FILES.stream().map(directory::resolve).allMatch(Files::isReadable)) {
            throw new IllegalArgumentException();
          }
          return directory.toAbsolutePath();
        });
  }

  /**
   * Reads the files of a directory.
   *
   * @throws IOException if a file is missing or not as described; the message names the directory
   */
  public static SSLContext read(Path directory) throws IOException {
    char[] inMemory = "in memory only".toCharArray();
    try {
      KeyStore own = empty();
      own.setKeyEntry(
          "own",
          privateKey(Files.readString(directory.resolve(KEY))),
          inMemory,
          certificates(directory.resolve(CERTIFICATE)).toArray(Certificate[]::new));
      KeyStore trusted = empty();
      for (Certificate certificate : certificates(directory.resolve(TRUSTED))) {
        trusted.setCertificateEntry("trusted-" + trusted.size(), certificate);
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, inMemory);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "the key or a certificate in " + directory + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException, IOException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    String body = pem.replaceAll("-----[A-Z ]+-----", "");
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(
            Base64.getMimeDecoder().decode(body.getBytes(StandardCharsets.US_ASCII)));
    GeneralSecurityException refusal = null;
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (GeneralSecurityException e) {
        refusal = e;
      }
    }
    throw refusal;
  }
}
