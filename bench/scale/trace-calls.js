// Counts the file-system calls of a command with strace.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** System calls by the kind that is counted. A close goes with its open, as in mdtest; a stat of an open file asks no server. */
const kinds = {
  openat: (rest) => (rest.includes('O_CREAT') ? 'create' : 'open'),
  statx: (rest) => (rest.includes('AT_EMPTY_PATH') ? null : 'stat'),
  newfstatat: (rest) => (rest.includes('AT_EMPTY_PATH') ? null : 'stat'),
  access: 'stat',
  readlink: 'stat',
  getdents64: 'readdir',
  rename: 'rename',
  link: 'link',
  unlink: 'unlink',
  mkdir: 'mkdir',
  rmdir: 'rmdir',
  utimensat: 'utimes',
  read: 'read',
  pread64: 'read',
  write: 'write',
  pwrite64: 'write',
  fsync: 'sync',
  fdatasync: 'sync',
};

/** Calls that a metadata server must answer; reads, writes and syncs of data go to the servers of the data. */
const metadata = [
  'create',
  'open',
  'stat',
  'readdir',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'utimes',
];

/** How many requests of a count, as `traceCalls` returns it, go to a metadata server. */
export const requestsOf = (calls) => metadata.reduce((sum, kind) => sum + (calls[kind] ?? 0), 0);

/**
 * Runs Node with the arguments under strace. Resolves to the calls by part of the store ("journals", "leases",
 * "checkpoints", "finals", "folder", …; "program" for files anywhere else), then by kind, with `bytes` written; null
 * where strace is not installed. Errors: a nonzero exit status.
 */
export async function traceCalls(args, store, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-trace-'));
  const file = join(folder, 'calls');
  try {
    const status = await run(
      'strace',
      [
        ...['-f', '-qq', '-y', '-s', '0', '-o', file, '-e', `trace=${Object.keys(kinds).join(',')}`],
        ...[process.execPath, ...args],
      ],
      // Calls by io_uring would not be seen.
      {
        env: { ...process.env, ...environment, UV_USE_IO_URING: '0' },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return status === null ? null : countCalls(readFileSync(file, 'utf8'), store);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The exit status has to be 0; null where the command is not installed. */
function run(command, args, options) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, options);
    child.on('error', (error) => (error.code === 'ENOENT' ? done(null) : failed(error)));
    child.on('close', (code) =>
      code === 0 ? done(code) : failed(new Error(`${args.join(' ')}: exit ${code}`)),
    );
  });
}

/** Counts the calls in strace's output. Only the line on which a call begins counts. */
export function countCalls(text, store) {
  const counts = {};
  for (const line of text.split('\n')) {
    const call = /^\d+\s+(\w+)\((.*)/.exec(line);
    if (call === null) continue;
    const [, name, rest] = call;
    const kind = typeof kinds[name] === 'function' ? kinds[name](rest) : kinds[name];
    const path = pathOf(rest);
    if (kind === undefined || kind === null || path === null) continue;
    counts[partOf(path, store)] ??= {};
    const part = counts[partOf(path, store)];
    part[kind] = (part[kind] ?? 0) + 1;
    if (kind === 'write') part.bytes = (part.bytes ?? 0) + Number(/""\.*, (\d+)/.exec(rest)?.[1] ?? 0);
  }
  return counts;
}

/** The last path before the first comma that follows a path: of a rename or a link, the first. */
function pathOf(rest) {
  const named = /^(?:AT_FDCWD<[^>]*>, )?"([^"]+)"/.exec(rest)?.[1];
  const opened = /^\d+<(\/[^>]*)>/.exec(rest)?.[1];
  return named ?? opened ?? null;
}

function partOf(path, store) {
  if (path !== store && !path.startsWith(`${store}/`)) return 'program';
  const [first = ''] = path.slice(store.length + 1).split('/');
  if (/^journal-.*\.jsonl$/.test(first)) return 'journals';
  return first === '' || first.startsWith('.') ? 'folder' : first.replace(/\..*/, '');
}
