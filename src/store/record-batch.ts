import type { TrialRecord } from '../trial/trial.ts';
import { encodeLine, type JournalWriter, type WrittenLines } from './journal.ts';
import { createBatchPacker, type PackedBatch } from './packed-records.ts';

/** Records that were written to a journal: where, and what they say. */
export interface WrittenBatch {
  readonly lines: WrittenLines;
  readonly packed: PackedBatch;
}

/**
 * Records that are written together. Of each only bytes and numbers are kept, outside of the engine's heap: hundreds of small trials
 * end before they are written.
 */
export interface RecordBatch {
  readonly size: number;
  add(record: TrialRecord): void;
  /** Appends the records to a journal and empties the batch. */
  writeTo(journal: JournalWriter): Promise<WrittenBatch>;
}

export function createRecordBatch(): RecordBatch {
  const packer = createBatchPacker();
  let bytes = Buffer.allocUnsafe(4096);
  let used = 0;
  let lengths: number[] = [];
  return {
    get size() {
      return lengths.length;
    },
    add(record) {
      const line = encodeLine(record);
      const length = Buffer.byteLength(line);
      if (used + length > bytes.length) {
        const longer = Buffer.allocUnsafe(2 * (used + length));
        bytes.copy(longer, 0, 0, used);
        bytes = longer;
      }
      bytes.write(line, used);
      used += length;
      lengths.push(length - 1);
      packer.add(record);
    },
    async writeTo(journal) {
      const written = { bytes: bytes.subarray(0, used), lengths };
      const packed = packer.take();
      [used, lengths] = [0, []];
      return { lines: await journal.appendLines(written.bytes, written.lengths), packed };
    },
  };
}
