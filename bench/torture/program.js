// Runs the program for the campaigns, and checks the files that it leaves.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const program = fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url));

/** Random numbers in [0, 1) from a seed (mulberry32), so that the faults are reproducible. */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a campaign in its own temporary folder, which is removed at the end. */
export async function inTemporaryFolder(action) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-torture-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Starts the program in a folder. `ended` resolves when it has ended. `shell` is a shell command to run first, such as
 * `ulimit -f 8`, and `engine` holds flags for Node.
 */
export function start(folder, args, { environment = {}, shell = null, engine = [] } = {}) {
  const command = [process.execPath, ...engine, program, ...args];
  const [file, ...rest] = shell === null ? command : ['sh', '-c', `${shell}; exec "$@"`, 'sh', ...command];
  const env = { ...process.env, ...environment };
  const child = spawn(file, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise((done) => {
    child.on('close', (status, signal) => done({ status, signal, stdout, stderr }));
  });
  return { child, ended };
}

export const run = (folder, args, options) => start(folder, args, options).ended;

/** Starts the program and sends it a signal after `milliseconds`. Resolves to its outcome. */
export async function signalAfter(folder, args, signal, milliseconds) {
  const { child, ended } = start(folder, args);
  const timer = setTimeout(() => child.kill(signal), milliseconds);
  const outcome = await ended;
  clearTimeout(timer);
  return outcome;
}

/** The digest of the CSVs of a run. */
export function csvDigest(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.csv')) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** The ids of all complete lines in a store, including duplicates. */
export function idsIn(store) {
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .filter((name) => name.startsWith('journal-') && name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(store, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => /"id":"([0-9a-f]{64})"/.exec(line)?.[1] ?? 'damaged');
}

/** Whether every file of a results folder is complete: it has the size and the digest given in the data package. */
export function isWhole(out) {
  if (!existsSync(out)) return true;
  const names = readdirSync(out);
  for (const name of names.filter((file) => file.endsWith('.json'))) {
    JSON.parse(readFileSync(join(out, name), 'utf8'));
  }
  return names
    .filter((name) => name.endsWith('.csv'))
    .every((name) => readFileSync(join(out, name), 'utf8').endsWith('\n'));
}

/** Whether a run ended with a message that starts with "error", and without a stack trace. */
export const isClear = ({ stderr }) =>
  /^error: /m.test(stderr) && !/\n\s+at /.test(stderr) && !/defect/.test(stderr);
