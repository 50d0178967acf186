import { join } from 'node:path';
import { filesIn } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readBytes } from '../files/lines.ts';
import { finalName } from '../files/write-whole.ts';
import type { AttachmentKind } from '../trial/attachments.ts';

const hex = (digits: number): string => `[0-9a-f]{${digits}}`;
const uuid = `${hex(8)}(?:-${hex(4)}){3}-${hex(12)}`;
const anyLease = '{"name":"00000000-0000-0000-0000-000000000000.json"';

/** How to recognise a kind of file in a store. People and other programs may keep their own files in the same folder. */
interface Kind {
  readonly name: RegExp;
  /** The text at byte `at` of each such file, where 0 stands for any hexadecimal digit; null if any bytes are allowed. */
  readonly begins: string | null;
  readonly at: number;
}

const attachment = { name: new RegExp(`^(${hex(64)})\\.bin$`), begins: null, at: 0 };

/** The kinds of files that a store removes or replaces. */
export const kinds = {
  journal: { name: new RegExp(`^journal-${uuid}\\.jsonl$`), begins: '{"store":2,"id":"', at: 0 },
  index: { name: /^journal-.+\.index$/, begins: 'fysnn-i1', at: 32 },
  failures: { name: /^failures\.jsonl$/, begins: `{"id":"${'0'.repeat(64)}"`, at: 0 },
  setAside: { name: new RegExp(`^damaged-${uuid}\\.jsonl$`), begins: null, at: 0 },
  finalStates: { name: new RegExp(`^pack-${uuid}\\.states$`), begins: '{"version":', at: 36 },
  finalIndex: { name: new RegExp(`^pack-${uuid}\\.jsonl$`), begins: `{"final":"${'0'.repeat(64)}"`, at: 0 },
  /** Of a store from before there were packs. */
  final: { name: /^\d{1,8}\.state$/, begins: '{"version":', at: 36 },
  checkpoint: { name: new RegExp(`^(${hex(64)})-\\d+\\.state$`), begins: '{"version":', at: 36 },
  weights: attachment,
  outputs: attachment,
  model: attachment,
  lease: { name: new RegExp(`^${uuid}\\.json$`), begins: anyLease, at: 0 },
} as const satisfies Record<AttachmentKind | 'journal', Kind> & Record<string, Kind>;

/** Whether a file is of a kind, by its name and its first bytes. */
export function isOwn({ name, begins, at }: Kind, folder: string, file: string): boolean {
  return (
    name.test(file) &&
    matchesBeginning(begins ?? '', firstBytes(folder, file, at + (begins?.length ?? 0)), at)
  );
}

/** Whether a file is a temporary file of a kind, which a killed process left. A file that is too short is judged by its name. */
export function isOwnTemporary({ name, begins, at }: Kind, folder: string, file: string): boolean {
  // The temporary file of a lease has no unique name, because only one process writes it.
  const whole = finalName(file) ?? /^(.+\.json)\.tmp$/.exec(file)?.[1];
  if (whole === undefined || !name.test(whole)) return false;
  const bytes = firstBytes(folder, file, at + (begins?.length ?? 0));
  return bytes.length <= at || matchesBeginning(begins ?? '', bytes, at);
}

/**
 * Whether the bytes from `at` on match the beginning of a kind, as far as they go. An empty file, or one of zeros, matches:
 * a power cut may leave that of any file.
 */
export function matchesBeginning(begins: string, bytes: Buffer, at = 0): boolean {
  if (bytes.every((byte) => byte === 0)) return true;
  const anyDigit = (text: string) => text.replace(/[0-9a-f]/g, '0');
  const found = bytes.toString('latin1', at, at + begins.length);
  return bytes.length > at && anyDigit(begins).startsWith(anyDigit(found));
}

/** The first bytes of a file, or bytes that match no kind if the file cannot be read. */
function firstBytes(folder: string, file: string, length: number): Buffer {
  try {
    return readBytes(join(folder, file), 0, length);
  } catch {
    return Buffer.from('?'.repeat(length + 1));
  }
}

/** The files in a folder of a store. Empty if the folder does not exist or is a file. */
export const storeFilesIn = (folder: string): Promise<string[]> =>
  filesIn(folder).catch((error) => {
    if (codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
