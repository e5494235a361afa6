package io.rekindle.local.csv;

import io.rekindle.local.terminal.Failure;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A file that a command is given, which may be read more than once. A pipe is copied to a temporary
 * file first, since it gives its bytes only once.
 */
public final class InputFile implements Closeable {

  private static final Path STANDARD_INPUT = Path.of("-");

  /** Standard input may be a file, under a name such as /dev/stdin. */
  private static final List<Path> DEVICES = List.of(Path.of("/dev"), Path.of("/proc"));

  private static final int BUFFER = 1 << 16;
  private static final int SAMPLE = 4096;

  private final Path named;
  private final Path file;
  private final Charset encoding;

  private InputFile(Path named, Path file, Charset encoding) {
    this.named = named;
    this.file = file;
    this.encoding = encoding;
  }

  /** Names a file whose encoding is found out. */
  public static InputFile of(Path path) {
    return of(path, null);
  }

  /**
   * Names a file, or standard input by {@code -}.
   *
   * @param encoding null to find it out: by a byte order mark, by the zero bytes of UTF-16, or else
   *     UTF-8
   * @throws Failure if there is no such file, or it cannot be read
   */
  public static InputFile of(Path path, Charset encoding) {
    try {
      if (Files.isDirectory(path)) {
        throw new Failure(path + " is a folder: name a file in it");
      }
      boolean standardInput = path.equals(STANDARD_INPUT);
      if (!standardInput && Files.isRegularFile(path)) {
        return new InputFile(path, path, encoding);
      }
      try (InputStream in = standardInput ? System.in : Files.newInputStream(path)) {
        Path copy = Files.createTempFile("rekindle-", ".csv");
        copy.toFile().deleteOnExit();
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return new InputFile(path, copy, encoding);
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** The path that was given. */
  public Path path() {
    return named;
  }

  /** Whether the path names a file in a folder of its owner, and neither a pipe nor a device. */
  public boolean isFile() {
    return named.equals(file) && DEVICES.stream().noneMatch(named::startsWith);
  }

  /** Reads the text from its beginning, without a byte order mark. */
  Reader open() {
    try {
      InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER);
      byte[] sample = sample(bytes);
      if (startsWith(sample, 0x1F, 0x8B)) {
        bytes = new BufferedInputStream(new GZIPInputStream(bytes, BUFFER), BUFFER);
        sample = sample(bytes);
      }
      refuse(sample);
      Charset charset = charset(sample, bytes);
      // Bytes that mean nothing become U+FFFD. Only the columns that are used are held to them.
      return new InputStreamReader(
          bytes,
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE));
    } catch (IOException e) {
      throw unreadable(named, e);
    }
  }

  private static byte[] sample(InputStream bytes) throws IOException {
    bytes.mark(SAMPLE);
    byte[] sample = bytes.readNBytes(SAMPLE);
    bytes.reset();
    return sample;
  }

  private void refuse(byte[] sample) {
    String kind = null;
    if (startsWith(sample, 'P', 'K')) {
      kind = "an Excel workbook or a ZIP archive: save the sheet as CSV UTF-8, or unpack the file";
    } else if (startsWith(sample, 0xD0, 0xCF, 0x11, 0xE0)) {
      kind = "an Excel workbook: save the sheet as CSV UTF-8";
    } else if (startsWith(sample, '<')) {
      kind = "XML or a web page: export CSV instead";
    } else if (startsWith(sample, '%', 'P', 'D', 'F')) {
      kind = "a PDF: export CSV instead";
    } else if (startsWith(sample, '{') || startsWith(sample, '[')) {
      kind = "JSON: export CSV instead";
    }
    if (kind != null) {
      throw new Failure(named + " is " + kind);
    }
  }

  private Charset charset(byte[] sample, InputStream bytes) throws IOException {
    if (startsWith(sample, 0xEF, 0xBB, 0xBF)) {
      bytes.skipNBytes(3);
      return StandardCharsets.UTF_8;
    }
    if (startsWith(sample, 0xFF, 0xFE, 0, 0)) {
      bytes.skipNBytes(4);
      return Charset.forName("UTF-32LE");
    }
    if (startsWith(sample, 0xFF, 0xFE)) {
      bytes.skipNBytes(2);
      return StandardCharsets.UTF_16LE;
    }
    if (startsWith(sample, 0xFE, 0xFF)) {
      bytes.skipNBytes(2);
      return StandardCharsets.UTF_16BE;
    }
    if (encoding != null) {
      return encoding;
    }
    int[] zeros = new int[2];
    for (int i = 0; i < sample.length; i++) {
      if (sample[i] == 0) {
        zeros[i % 2]++;
      }
    }
    // Names of columns are mostly ASCII, of which UTF-16 has a zero byte in each character.
    int enough = sample.length / 4;
    if (zeros[1] > enough && zeros[0] <= enough / 4) {
      return StandardCharsets.UTF_16LE;
    }
    if (zeros[0] > enough && zeros[1] <= enough / 4) {
      return StandardCharsets.UTF_16BE;
    }
    return StandardCharsets.UTF_8;
  }

  private static boolean startsWith(byte[] sample, int... bytes) {
    if (sample.length < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if ((sample[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  static Failure unreadable(Path path, IOException e) {
    if (e instanceof NoSuchFileException) {
      return new Failure(path + " does not exist", e);
    }
    if (e instanceof AccessDeniedException) {
      return new Failure(path + " cannot be read: allow this user to read it", e);
    }
    return new Failure(path + " cannot be read: " + e.getMessage(), e);
  }

  @Override
  public void close() throws IOException {
    if (!named.equals(file)) {
      Files.deleteIfExists(file);
    }
  }
}
