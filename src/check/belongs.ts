import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { readManifest } from '../output/earlier-run.ts';
import type { StoredTable } from '../output/read-tables.ts';
import { shortId } from '../trial/id.ts';

type Tables = ReadonlyMap<string, StoredTable>;

/**
 * Refuses tables that are not those of the run whose manifest lies next to them. Without a manifest, the data package next
 * to them has their checksums.
 *
 * Errors: UserError that names the file and says what to do.
 */
export async function checkBelongs(folder: string, tables: Tables): Promise<void> {
  const folders = new Set([...tables.keys()].map((file) => dirname(file)));
  for (const inside of folders) {
    const own = [...tables].filter(([file]) => dirname(file) === inside);
    const manifest = await readManifest(join(folder, inside));
    if (manifest === null) {
      for (const [file, table] of own) await checkDescribed(join(folder, file), table);
      continue;
    }
    if (manifest.unfinished !== undefined) {
      throw stale(join(folder, inside), 'a run was interrupted while it wrote this folder');
    }
    const files = objectOf(manifest.files);
    const { ids: listed } = objectOf(manifest.trials) ?? {};
    const ids = Array.isArray(listed) ? new Set(listed.map((id) => shortId(String(id)))) : null;
    for (const [file, table] of own) {
      const name = file.slice(file.lastIndexOf('/') + 1);
      if (files !== null && !Object.hasOwn(files, name)) {
        throw stale(join(folder, file), 'manifest.json does not list it: another run left it');
      }
      checkIds(join(folder, file), table, ids);
    }
  }
}

/** A part of a manifest, which may have been edited. */
function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

/** No table has a trial that is not in the manifest. Rows that are missing are found by the comparison. */
function checkIds(path: string, { columns, primaryKey, rows }: StoredTable, ids: ReadonlySet<string> | null) {
  const place = columns.findIndex(({ name }) => name === 'trial');
  if (place === -1 || ids === null || !primaryKey.includes('trial')) return;
  const found = new Set(rows.map((cells) => cells[place]));
  const isForeign = [...found].some((id) => !ids.has(id));
  if (isForeign) throw stale(path, 'it has trials that are not in manifest.json');
}

async function checkDescribed(path: string, { sha256 }: StoredTable): Promise<void> {
  if (sha256 === undefined || (await textDigest(path)) === sha256) return;
  throw stale(path, 'it has another checksum than datapackage.json gives, and there is no manifest.json');
}

/** The digest of a text file as runs write it: without a byte-order mark, with lines that end in LF. Git may change both. */
async function textDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  let isFirst = true;
  let before = '';
  for await (const piece of createReadStream(path, 'utf8')) {
    let text = before + (piece as string);
    if (isFirst) text = text.replace(/^\ufeff/, '');
    isFirst = false;
    before = text.endsWith('\r') ? '\r' : '';
    hash.update(text.slice(0, text.length - before.length).replaceAll('\r\n', '\n'));
  }
  return hash.update(before).digest('hex');
}

function stale(path: string, received: string): UserError {
  return new UserError({
    what: `${path} does not belong to the run of its folder`,
    expected: 'tables, manifest.json and datapackage.json of one run',
    received,
    remedy: 'run the experiment again: trials in the store are not computed twice',
  });
}
