import { join } from 'node:path';
import { filesIn } from '../files/directories.ts';
import { codeOf } from '../files/errno.ts';
import { readBytes } from '../files/lines.ts';
import { fileOfPart } from '../files/write-whole.ts';

const hex = (digits: number): string => `[0-9a-f]{${digits}}`;
const uuid = `${hex(8)}(?:-${hex(4)}){3}-${hex(12)}`;
const anyLease = '{"name":"00000000-0000-0000-0000-000000000000.json"';

/** How a kind of file in a store is recognised: people and other programs may keep theirs in the same folder. */
interface Kind {
  readonly name: RegExp;
  /** What is at byte `at` of each such file, where 0 is any hexadecimal digit; null where its bytes may be any. */
  readonly begins: string | null;
  readonly at: number;
}

/** The kinds of files that a store removes or replaces. */
export const kinds = {
  journal: { name: new RegExp(`^journal-${uuid}\\.jsonl$`), begins: '{"store":2,"id":"', at: 0 },
  index: { name: /^journal-.+\.index$/, begins: 'fysnn-i1', at: 32 },
  failures: { name: /^failures\.jsonl$/, begins: `{"id":"${'0'.repeat(64)}"`, at: 0 },
  setAside: { name: new RegExp(`^damaged-${uuid}\\.jsonl$`), begins: null, at: 0 },
  checkpoint: { name: new RegExp(`^(${hex(64)})-\\d+\\.state$`), begins: '{"version":', at: 36 },
  weights: { name: new RegExp(`^(${hex(64)})\\.bin$`), begins: null, at: 0 },
  lease: { name: new RegExp(`^${uuid}\\.json$`), begins: anyLease, at: 0 },
} as const satisfies Record<string, Kind>;

/** Whether a file is of a kind by its name and by what it begins with. */
export function isOwn({ name, begins, at }: Kind, folder: string, file: string): boolean {
  return (
    name.test(file) && beginsLike(begins ?? '', firstBytes(folder, file, at + (begins?.length ?? 0)), at)
  );
}

/** Whether a file is a half-written one of a kind, which a killed process left: one that is too short goes by its name. */
export function isOwnPart({ name, begins, at }: Kind, folder: string, file: string): boolean {
  // A lease, which only its own process writes, has no unique name while it is written.
  const whole = fileOfPart(file) ?? /^(.+\.json)\.tmp$/.exec(file)?.[1];
  if (whole === undefined || !name.test(whole)) return false;
  const bytes = firstBytes(folder, file, at + (begins?.length ?? 0));
  return bytes.length <= at || beginsLike(begins ?? '', bytes, at);
}

/**
 * Whether the bytes from `at` on are what a file of a kind begins with, as far as there are any. A file of nothing or of
 * zeros is what a power cut leaves of one.
 */
export function beginsLike(begins: string, bytes: Buffer, at = 0): boolean {
  if (bytes.every((byte) => byte === 0)) return true;
  const anyDigit = (text: string) => text.replace(/[0-9a-f]/g, '0');
  const found = bytes.toString('latin1', at, at + begins.length);
  return bytes.length > at && anyDigit(begins).startsWith(anyDigit(found));
}

/** Something that no kind begins with, where the file cannot be read. */
function firstBytes(folder: string, file: string, length: number): Buffer {
  try {
    return readBytes(join(folder, file), 0, length);
  } catch {
    return Buffer.from('?'.repeat(length + 1));
  }
}

/** The files in a folder of a store; none where the folder is not there, or is someone else's file. */
export const storeFilesIn = (folder: string): Promise<string[]> =>
  filesIn(folder).catch((error) => {
    if (codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
