package io.rekindle.job.state;

import io.rekindle.connectors.events.RowVersion;
import io.rekindle.connectors.flink.Binary;
import io.rekindle.scoring.Score;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The newest known version of a row; a reference to it is null for an unseen row.
 *
 * @param removedAt the removal of the row, epoch milliseconds of event time; {@link Score#NEVER}
 *     while the row exists
 */
record RowRegister(long commitLsn, long lsn, long removedAt) {

  /** The register after a change. */
  static RowRegister of(RowVersion version, boolean removed, long at) {
    return new RowRegister(version.commitLsn(), version.lsn(), removed ? at : Score.NEVER);
  }

  /** Whether a version is newer than that of a register, which may be null. */
  static boolean isNewer(RowVersion version, RowRegister known) {
    return RowVersion.compare(
            version.commitLsn(),
            version.lsn(),
            known == null ? 0 : known.commitLsn,
            known == null ? 0 : known.lsn)
        > 0;
  }

  /** The removal of a register's row; NEVER for null. */
  static long removalOf(RowRegister register) {
    return register == null ? Score.NEVER : register.removedAt;
  }

  void write(DataOutputView out) throws IOException {
    Binary.writeUnsigned(commitLsn, out);
    Binary.writeSigned(lsn - commitLsn, out);
    out.writeBoolean(removedAt != Score.NEVER);
    if (removedAt != Score.NEVER) {
      Binary.writeSigned(removedAt, out);
    }
  }

  static RowRegister read(DataInputView in) throws IOException {
    long commitLsn = Binary.readUnsigned(in);
    long lsn = commitLsn + Binary.readSigned(in);
    return new RowRegister(commitLsn, lsn, in.readBoolean() ? Binary.readSigned(in) : Score.NEVER);
  }
}
