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
  RejectedRows(InputFile input, String table, List<String> header, boolean kept)
      throws IOException {
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
    folders.removeIf(folder -> !Files.isWritable(folder));
    path = folders.isEmpty() ? null : folders.get(0).resolve(fileName);
    if (kept && path != null) {
      Files.deleteIfExists(path);
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
    if (path == null) {
      throw new IOException(
          "rejected rows have no place: neither the folder of the file nor the working directory nor that of temporary files can be written");
    }
    BufferedWriter writer = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
    printer = new CSVPrinter(writer, CSVFormat.RFC4180.builder().setRecordSeparator('\n').get());
    List<String> columns = new ArrayList<>(List.of("line", "reason"));
    columns.addAll(header);
    printer.printRecord(columns);
  }

  /** Where the rows are, or would be; null if no folder can be written. */
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
