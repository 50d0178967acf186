// Runs the program within bounds, and says what of the outcome must not be.
import { readFileSync } from 'node:fs';
import { start } from '../bench/torture/program.js';
import { exitCodes, printableText } from '../dist/src/errors.js';

/** Megabytes of heap and of memory in all; seconds until it is asked to stop, and until it must have. */
const heap = 512;
const memory = 2048;
const patience = 20;
const grace = 10;

const { hungUp, terminated, ...good } = exitCodes;
const goodStatuses = Object.values(good);

/** Exit status (or signal), what was printed, and the most memory it had where the system tells. */
export async function runProgram(args, directory) {
  const environment = { CI: 'true', NO_COLOR: '1' };
  const engine = [`--max-old-space-size=${heap}`];
  const { child, ended } = start(directory, args, { environment, engine });
  let megabytes = 0;
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakMemory(child.pid));
    if (megabytes > memory) child.kill('SIGKILL');
  }, 100);
  // A long run is no fault, but one that Ctrl-C does not end is.
  const ask = setTimeout(() => child.kill('SIGINT'), 1000 * patience);
  const end = setTimeout(() => child.kill('SIGKILL'), 1000 * (patience + grace));
  const { status, signal, stdout, stderr } = await ended;
  clearInterval(watch);
  clearTimeout(ask);
  clearTimeout(end);
  return { status: status ?? signal, megabytes, stdout, stderr };
}

/** What is wrong with an outcome, or null. */
export function whatIsWrong({ status, stdout, stderr, megabytes }) {
  if (megabytes > memory) return `took more than ${memory} MB`;
  if (status === 'SIGKILL') return `did not end ${grace} s after Ctrl-C`;
  if (!goodStatuses.includes(status)) return `ended with ${status}`;
  if (/has a defect|\n\s+at .+:\d+|node:internal|Unhandled|FATAL/.test(stderr)) return 'a stack trace';
  if (status !== 0 && stdout === '' && stderr.trim() === '') return `status ${status} without a word`;
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
