package io.rekindle.local.importing;

import io.rekindle.local.csv.CsvFile;
import io.rekindle.local.csv.InputFile;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes the rejected rows of a file to {@code NAME.rejected.csv} beside it, with line number,
 * reason and the original row. A repaired row can be imported from there. The file exists only
 * while there are rejected rows. Where the folder of the file cannot be written, or the input is a
 * pipe, the rows go to the working directory or to that of temporary files.
 */
final class RejectedRows implements Closeable {

  private final String fileName;
  private final List<Path> folders = new ArrayList<>();
  private final List<String> header;
  private final boolean kept;
  private Path path;
  private CSVPrinter printer;
  private long count;

  /**
   * @param kept whether rows are written, and not only counted
   */
  RejectedRows(InputFile input, String table, List<String> header, boolean kept) {
    this.header = header;
    this.kept = kept;
    if (input.isFile()) {
      fileName = input.path().getFileName() + ".rejected.csv";
      folders.add(input.path().toAbsolutePath().getParent());
    } else {
      fileName = table + ".rejected.csv";
    }
    folders.add(Path.of("").toAbsolutePath());
    folders.add(Path.of(System.getProperty("java.io.tmpdir")));
    path = folders.get(0).resolve(fileName);
    if (kept) {
      // What an earlier import has rejected.
      for (Path folder : folders) {
        deleteIfPossible(folder.resolve(fileName));
      }
    }
  }

  private static void deleteIfPossible(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The folder cannot be written, so the rows go to the next one.
    }
  }

  void add(CsvFile.Row row, String reason) throws IOException {
    count++;
    if (!kept) {
      return;
    }
    if (printer == null) {
      open();
    }
    List<String> values = new ArrayList<>(List.of(Long.toString(row.line()), reason));
    values.addAll(row.values());
    printer.printRecord(values);
  }

  private void open() throws IOException {
    BufferedWriter writer = writer();
    printer = new CSVPrinter(writer, CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
    List<String> columns = new ArrayList<>(List.of("line", "reason"));
    columns.addAll(header);
    printer.printRecord(columns);
  }

  private BufferedWriter writer() throws IOException {
    IOException last = null;
    for (Path folder : folders) {
      try {
        path = folder.resolve(fileName);
        return Files.newBufferedWriter(path, StandardCharsets.UTF_8);
      } catch (IOException e) {
        last = e;
      }
    }
    throw new IOException("the rejected rows cannot be written to any of " + folders, last);
  }

  /** The file with the rejected rows, which exists only if there are any. */
  Path path() {
    return path;
  }

  long count() {
    return count;
  }

  @Override
  public void close() throws IOException {
    if (printer != null) {
      printer.close(true);
    }
  }
}
