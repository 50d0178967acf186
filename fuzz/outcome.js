// Runs the program within limits of time and memory, and checks the outcome.
import { readFileSync } from 'node:fs';
import { start } from '../bench/torture/program.js';
import { exitCodes, printableText } from '../dist/src/errors.js';

/** Megabytes of heap and of total memory; seconds until the program is interrupted, and then until it is killed. */
const heapMegabytes = 512;
const memoryMegabytes = 2048;
const timeoutSeconds = 20;
const graceSeconds = 10;

const { hungUp, terminated, ...good } = exitCodes;
const goodStatuses = Object.values(good);

/** Runs the program. Returns its exit status or signal, its output, and its peak memory if the system reports it. */
export async function runProgram(args, directory) {
  const environment = { CI: 'true', NO_COLOR: '1' };
  const engine = [`--max-old-space-size=${heapMegabytes}`];
  const { child, ended } = start(directory, args, { environment, engine });
  let megabytes = 0;
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakMemory(child.pid));
    if (megabytes > memoryMegabytes) child.kill('SIGKILL');
  }, 100);
  // A long run is not a fault, but a run that ignores Ctrl-C is.
  const ask = setTimeout(() => child.kill('SIGINT'), 1000 * timeoutSeconds);
  const end = setTimeout(() => child.kill('SIGKILL'), 1000 * (timeoutSeconds + graceSeconds));
  const { status, signal, stdout, stderr } = await ended;
  clearInterval(watch);
  clearTimeout(ask);
  clearTimeout(end);
  return { status: status ?? signal, megabytes, stdout, stderr };
}

/** The problem with an outcome, in words, or null. */
export function problemOf({ status, stdout, stderr, megabytes }) {
  if (megabytes > memoryMegabytes) return `took more than ${memoryMegabytes} MB`;
  if (status === 'SIGKILL') return `did not end ${graceSeconds} s after Ctrl-C`;
  if (!goodStatuses.includes(status)) return `ended with ${status}`;
  if (/has a defect|\n\s+at .+:\d+|node:internal|Unhandled|FATAL/.test(stderr)) return 'a stack trace';
  if (status !== 0 && stdout === '' && stderr.trim() === '') return `status ${status} without a message`;
  if (!(stderr + stdout).split(/[\t\r\n]/).every((part) => printableText.test(part)))
    return 'a character that is not printable on the terminal';
  return null;
}

function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return 0; // it has ended, or the system has no such file
  }
}
