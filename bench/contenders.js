// The processes that measure: one long-lived process for each peer, and a new one for each measurement of ours.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environment, findPython, strongestCoreTypes } from './machine.js';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A peer cannot be measured because something is missing. This is not an error of the benchmark. */
export class NotMeasured extends Error {}

/** Runs one measurement of ours in a new process. The job is described in ours.js. */
export async function measureOurs(job) {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [here('ours.js'), JSON.stringify(job)], {
    env: { ...environment(1, null) },
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

const running = new Map();

/**
 * The process of a peer for one setting, started on first use: { hello, ask(job) }.
 *
 * blas 'strongest' chooses the fastest core type whose matrix products are correct. Errors: NotMeasured.
 */
export async function openPeer(peer, { threads, blas }) {
  const key = [peer.program, threads, blas].join();
  if (!running.has(key)) running.set(key, start(peer, threads, blas));
  return running.get(key);
}

export async function closePeers() {
  for (const opened of running.values()) {
    const peer = await opened.catch(() => null);
    peer?.close();
  }
  running.clear();
}

async function start(peer, threads, blas) {
  const command = commandOf(peer);
  if (!peer.blas) return launch(command, environment(threads, null));
  if (blas === 'installed') {
    const opened = await launch(command, environment(threads, null));
    if (rightProducts(opened.hello.products)) return opened;
    opened.close();
    throw new NotMeasured('its matrix products are wrong as installed');
  }
  const failed = [];
  for (const coreType of strongestCoreTypes()) {
    const opened = await launch(command, environment(threads, coreType)).catch((error) => error);
    if (opened instanceof Error) {
      failed.push(`${coreType}: ${opened.message}`);
      continue;
    }
    if (rightProducts(opened.hello.products)) {
      return { ...opened, hello: { ...opened.hello, coreType, failed } };
    }
    opened.close();
    failed.push(`${coreType}: wrong products`);
  }
  throw new NotMeasured(failed.join('; '));
}

function commandOf({ program, needs }) {
  if (program.endsWith('.js')) {
    if (existsSync(here('node_modules/@tensorflow/tfjs')))
      return [process.execPath, here(`peers/${program}`)];
    throw new NotMeasured('not installed: run `npm install --prefix bench`');
  }
  const python = findPython(needs);
  if (python !== null) return [python, here(`peers/${program}`)];
  const packages = needs.map((name) => `python3-${name}`).join(' ');
  throw new NotMeasured(`no python3 with ${needs.join(' and ')}: on Debian, \`apt-get install ${packages}\``);
}

/** Whether the errors of matrix products, relative to plain float64 sums, are small: see errors_of in peers/peer.py. */
function rightProducts({ float32, float64 }) {
  return float32 < 1e-5 && float64 < 1e-13;
}

/** Starts a process that answers each line with a line. Resolves when it has sent its first line. */
async function launch([command, ...args], env) {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // the end of the process is handled below
  const lines = createInterface({ input: child.stdout });
  let waiting = null;
  const answer = () =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
    });
  lines.on('line', (line) => waiting?.resolve(JSON.parse(line)));
  const ended = (why) => waiting?.reject(new Error(`${args[0]} ended (${why}): ${complaints.trim()}`));
  child.on('error', (error) => ended(error.message));
  child.on('close', (code, signal) => ended(signal ?? `status ${code}`));
  const hello = await answer();
  return {
    hello: { python: command === process.execPath ? undefined : command, ...hello },
    async ask(job) {
      const answered = answer();
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const result = await answered;
      if (result.error !== undefined) throw new Error(`${args[0]}, ${job.contender}: ${result.error}`);
      return result;
    },
    close: () => child.stdin.end(),
  };
}
