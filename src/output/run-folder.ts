import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { removeFile } from '../files/retry-while-busy.ts';
import { type FileContent, withPath, writeFiles } from '../files/write-files.ts';
import type { FileFacts } from './datapackage.ts';
import {
  factsOf,
  isUnchanged,
  manifestName,
  readManifest,
  refuseUsersFiles,
  type WrittenFiles,
  writtenFiles,
} from './earlier-run.ts';
import { toJson } from './json.ts';
import { programVersion } from './version.ts';

/** The files that a run wrote, by name, without its manifest. */
export type FileList = Readonly<Record<string, FileFacts>>;

/**
 * Writes the files of a run and its manifest, and removes what an earlier run left in the folder. Returns the names of
 * files of the earlier run that were changed since: those are the user's and stay. Errors: UserError for a file of the user
 * that it would replace.
 *
 * At every moment the folder is one whole run, or its manifest says that it is unfinished and lists the files of both runs,
 * which the next run then removes.
 */
export async function writeRunFolder(
  folder: string,
  files: ReadonlyMap<string, FileContent>,
  manifest: (files: FileList) => FileContent,
): Promise<readonly string[]> {
  const { listed, counted } = withFacts(files);
  counted.set(manifestName, async function* () {
    yield* piecesOf(manifest(listed));
  });
  let kept: readonly string[] = [];
  await writeFiles(folder, counted, async () => {
    await withPath(folder, () => refuseUsersFiles(folder, files.keys()));
    const earlier = await withPath(folder, () => writtenFiles(folder));
    const unfinished = {
      unfinished: 'a run was interrupted while it wrote this folder; run it again',
      versions: { 'fys-nn': programVersion() },
      files: listed,
      earlier,
    };
    await writeFiles(folder, new Map([[manifestName, toJson(unfinished)]]));
    kept = await removeEarlier(folder, earlier, new Set(files.keys()));
  });
  return kept;
}

/**
 * Adds files, such as figures that are drawn again, to the folder of a run. The manifest lists the files before they replace
 * others, so that a later run recognises either. Errors: UserError for a file of the user that it would replace.
 */
export async function addToRunFolder(folder: string, files: ReadonlyMap<string, FileContent>): Promise<void> {
  const { listed, counted } = withFacts(files);
  const manifest = await readManifest(folder);
  if (manifest === null) {
    await writeFiles(folder, counted);
    return;
  }
  const earlier = await writtenFiles(folder);
  const before = Object.fromEntries(Object.entries(earlier).map(([name, [facts]]) => [name, facts]));
  const all = () => ({ ...before, ...listed });
  const { earlier: _earlier, ...rest } = manifest;
  counted.set(manifestName, async function* () {
    yield toJson({ ...rest, files: all() });
  });
  await writeFiles(folder, counted, async () => {
    await withPath(folder, () => refuseUsersFiles(folder, files.keys()));
    const both = { ...rest, files: all(), earlier };
    await writeFiles(folder, new Map([[manifestName, toJson(both)]]));
  });
}

/** The same files, which fill `listed` with their sizes and digests while they are written. */
function withFacts(files: ReadonlyMap<string, FileContent>) {
  const listed: Record<string, FileFacts> = {};
  const counted = new Map<string, FileContent>();
  for (const [name, content] of files) {
    if (typeof content !== 'function') {
      listed[name] = factsOf(content);
      counted.set(name, content);
      continue;
    }
    counted.set(name, async function* () {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const piece of content()) {
        hash.update(piece);
        bytes += Buffer.byteLength(piece);
        yield piece;
      }
      listed[name] = { bytes, sha256: hash.digest('hex') };
    });
  }
  return { listed, counted };
}

async function* piecesOf(content: FileContent): AsyncGenerator<string> {
  if (typeof content === 'function') yield* content();
  else yield content.toString();
}

/** Removes the files of the earlier run that this one does not replace, and returns those that the user has changed. */
async function removeEarlier(
  folder: string,
  earlier: WrittenFiles,
  replaced: ReadonlySet<string>,
): Promise<string[]> {
  const kept: string[] = [];
  for (const [name, facts] of Object.entries(earlier)) {
    if (replaced.has(name)) continue;
    const path = join(folder, name);
    await withPath(path, async () => {
      const unchanged = await isUnchanged(path, facts);
      if (unchanged === true) await removeFile(path);
      if (unchanged === false) kept.push(name);
    });
  }
  return kept;
}
