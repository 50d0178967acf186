import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, quote, UserError } from '../errors.ts';
import { codeOf, isDiskFault, reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import type { FileFacts } from './datapackage.ts';

export const manifestName = 'manifest.json';
const packageName = 'datapackage.json';

/** A manifest of a million trials has a line for each. */
export const largestManifest = 2 ** 28;
const largestPackage = 2 ** 24;

type Json = Readonly<Record<string, unknown>>;

/**
 * The contents that each file of a folder had when a run wrote it, by name: several if runs were interrupted. A file with
 * another content is the user's.
 */
export type WrittenFiles = Readonly<Record<string, readonly FileFacts[]>>;

/**
 * The manifest of a folder; null if it has none, or one that this program did not write: other programs have files of this
 * name too. Errors: UnreadableManifest.
 */
export async function readManifest(folder: string): Promise<Json | null> {
  const manifest = await readJson(join(folder, manifestName), largestManifest);
  if (manifest instanceof SyntaxError) {
    const remedy = 'run the experiment again: trials in the store are not computed twice';
    throw new UnreadableManifest(folder, remedy);
  }
  const versions = manifest?.versions;
  return isObject(versions) && typeof versions['fys-nn'] === 'string' ? manifest : null;
}

/**
 * The files that earlier runs wrote to a folder: those that its manifest lists. A manifest of 0.1.0 lists none, and some
 * of its folders have only a data package; there it is the names that it used, and the checksums in the data package.
 */
export async function writtenFiles(folder: string): Promise<WrittenFiles> {
  const described = await readOwnPackage(folder);
  const manifest = await manifestBeside(folder, described);
  if (manifest !== null && 'files' in manifest) return listedFiles(manifest);
  if (manifest === null && described === null) return {};
  const kind = manifest !== null ? 'run' : kindOf(described!.name);
  const facts: Record<string, FileFacts[]> = {};
  for (const name of (await readdir(folder)).filter((one) => earlierNames[kind].test(one))) {
    const known = described?.files.get(name) ?? (await factsOfFile(join(folder, name)));
    if (known !== null) facts[name] = [known];
  }
  return facts;
}

/** Names of 0.1.0, which wrote no lists of files. */
const earlierNames = {
  run: /^((trials|curves|summary)\.(csv|json|md|tex)|datapackage\.json|(heat-maps|curves|published[\w-]*)\.(svg|png|vl\.json))$/,
  published: /^(published\.(csv|json|md|tex)|datapackage\.json|report\.html)$/,
  functions: /^(functions\.(csv|json|md|tex|svg|png|vl\.json)|datapackage\.json)$/,
  verify: /^((claims|figures|winners)\.csv|datapackage\.json|verify\.(md|json)|verdicts\.json|junit\.xml)$/,
};

const kindOf = (name: string): keyof typeof earlierNames =>
  name === 'published' || name === 'verify' ? name : name === 'activation-functions' ? 'functions' : 'run';

function listedFiles(manifest: Json): WrittenFiles {
  const facts: Record<string, FileFacts[]> = {};
  const add = (name: string, one: unknown) => {
    // Only plain names: a list may have been edited, and leads nowhere else.
    if (!/^[^/\\:]+$/.test(name) || name === '.' || name === '..' || name === manifestName) return;
    if (!isFacts(one)) return;
    facts[name] = [...(facts[name] ?? []), one];
  };
  if (isObject(manifest.files)) for (const [name, one] of Object.entries(manifest.files)) add(name, one);
  if (isObject(manifest.earlier)) {
    for (const [name, all] of Object.entries(manifest.earlier)) {
      if (Array.isArray(all)) for (const one of all) add(name, one);
    }
  }
  return facts;
}

/** Whether a file has one of these contents; null if there is none. A link or a folder is not what a run wrote. */
export async function isUnchanged(path: string, allowed: readonly FileFacts[]): Promise<boolean | null> {
  const entry = await entryAt(path);
  if (entry === null) return null;
  if (!entry.isFile() || !allowed.some(({ bytes }) => bytes === entry.size)) return false;
  const found = await factsOfFile(path);
  return allowed.some(({ bytes, sha256 }) => bytes === found?.bytes && sha256 === found.sha256);
}

/** The size and digest of a regular file; null for anything else. */
async function factsOfFile(path: string): Promise<FileFacts | null> {
  const entry = await entryAt(path);
  if (entry === null || !entry.isFile()) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** null if there is nothing. */
async function entryAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

export function factsOf(content: string | Uint8Array): FileFacts {
  return { bytes: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') };
}

/**
 * Refuses a folder in which a run would replace files that no run wrote, or that were changed since. `names` are files that
 * the run will write. Errors: UserError that names the file.
 */
export async function refuseUsersFiles(folder: string, names: Iterable<string>): Promise<void> {
  const path = join(folder, manifestName);
  const described = await readOwnPackage(folder);
  const manifest = await manifestBeside(folder, described);
  if (manifest === null && described === null && (await entryAt(path)) !== null)
    throw foreign(folder, manifestName);
  const written = await writtenFiles(folder);
  for (const name of names) {
    if (name === manifestName) continue;
    const facts = written[name];
    if ((await isUnchanged(join(folder, name), facts ?? [])) !== false) continue;
    throw facts === undefined ? foreign(folder, name) : changed(folder, name);
  }
}

function foreign(folder: string, name: string): UserError {
  return new UserError({
    what: `{out}: the folder has a file ${name} that no run of fys-nn wrote`,
    expected: 'a new or empty folder, or one that a run wrote',
    received: join(folder, name),
    remedy: 'name another folder with {out}, or move this file away',
  });
}

function changed(folder: string, name: string): UserError {
  return new UserError({
    what: `{out}: ${name} was changed after a run wrote it, and this run would replace it`,
    expected: 'a new or empty folder, or one with the files of a run as it wrote them',
    received: join(folder, name),
    remedy: 'name another folder with {out}, or move this file away',
  });
}

/** manifest.json is damaged. */
class UnreadableManifest extends UserError {
  constructor(folder: string, remedy: string) {
    super({
      what: 'manifest.json cannot be read (not JSON)',
      expected: 'the manifest that a run wrote',
      received: join(folder, manifestName),
      remedy,
    });
  }
}

/** The manifest; a damaged one counts as missing where the data package says that a run wrote the folder. */
async function manifestBeside(folder: string, described: unknown): Promise<Json | null> {
  try {
    return await readManifest(folder);
  } catch (error) {
    if (!(error instanceof UnreadableManifest)) throw error;
    if (described !== null) return null;
    throw new UnreadableManifest(folder, 'name another folder with {out}, or move this one away');
  }
}

/** The name of a data package of this program and the facts of its files; null for any other. */
async function readOwnPackage(
  folder: string,
): Promise<{ readonly name: string; readonly files: ReadonlyMap<string, FileFacts> } | null> {
  const json = await readJson(join(folder, packageName), largestPackage);
  if (
    json === null ||
    json instanceof SyntaxError ||
    typeof json.name !== 'string' ||
    !Array.isArray(json.resources)
  )
    return null;
  const files = new Map<string, FileFacts>();
  for (const resource of json.resources) {
    if (
      !isObject(resource) ||
      !/^(trials|curves|summary|functions|published|claims|figures|winners)\.csv$/.test(String(resource.path))
    )
      return null;
    const { path, bytes, hash } = resource;
    const facts = { bytes, sha256: String(hash).replace(/^sha256:/, '') };
    if (!isFacts(facts)) return null;
    files.set(String(path), facts);
  }
  return files.size === 0 ? null : { name: json.name, files };
}

/**
 * null for a file that is missing or no JSON object, a SyntaxError for one that is no JSON. Errors: a broken disk, on which
 * a run's own file looks like none.
 */
async function readJson(path: string, largest: number): Promise<Json | SyntaxError | null> {
  try {
    const json = await readJsonFile(path, largest);
    return isObject(json) ? json : null;
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    if (!isDiskFault(error)) return null;
    throw new UserError(
      {
        what: `${quote(path)} could not be read: ${reasonOf(error)}`,
        remedy: 'use another disk, and run the command again: finished trials are kept',
      },
      exitCodes.failed,
    );
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFacts(value: unknown): value is FileFacts {
  return isObject(value) && Number.isSafeInteger(value.bytes) && /^[0-9a-f]{64}$/.test(String(value.sha256));
}
