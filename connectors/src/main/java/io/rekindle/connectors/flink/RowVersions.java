package io.rekindle.connectors.flink;

import io.rekindle.connectors.events.RowVersion;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes row versions. The second position is near the first, so only the distance is written. */
final class RowVersions {

  private RowVersions() {}

  static void write(RowVersion version, DataOutputView out) throws IOException {
    Binary.writeUnsigned(version.commitLsn(), out);
    Binary.writeSigned(version.lsn() - version.commitLsn(), out);
  }

  static RowVersion read(DataInputView in) throws IOException {
    long commitLsn = Binary.readUnsigned(in);
    return new RowVersion(commitLsn, commitLsn + Binary.readSigned(in));
  }
}
