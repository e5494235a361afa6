package io.rekindle.local.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the lines that another process adds to its supervisor.log. Not thread-safe. */
public final class LogTail {

  /** Lines without a time are stack traces, which only the file shows. */
  private static final Pattern ENTRY = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\S+Z (.*)");

  private final Path file;
  private long position;

  private LogTail(Path file, long position) {
    this.file = file;
    this.position = position;
  }

  public static LogTail fromEndOf(Path file) throws IOException {
    return new LogTail(file, Files.exists(file) ? Files.size(file) : 0);
  }

  /** Returns the entries that were completed since the last call, without their times. */
  public List<String> newLines() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    byte[] added;
    try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
      if (reader.length() < position) {
        // The file was emptied because it had grown too long.
        position = 0;
      }
      reader.seek(position);
      added = new byte[(int) (reader.length() - position)];
      reader.readFully(added);
    }
    String text = new String(added, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    position += text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    List<String> entries = new ArrayList<>();
    for (String line : text.substring(0, end).lines().toList()) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.matches()) {
        entries.add(entry.group(1));
      }
    }
    return entries;
  }
}
