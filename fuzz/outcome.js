// Runs the program within bounds, and says what of the outcome must not be.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exitCodes, printableText } from '../dist/src/errors.js';

const program = fileURLToPath(new URL('../bin/fys-nn.js', import.meta.url));

/** Megabytes of heap and of memory in all; seconds until it is asked to stop, and until it must have. */
const heap = 512;
const memory = 2048;
const patience = 20;
const grace = 10;

const { hungUp, terminated, ...good } = exitCodes;
const goodStatuses = Object.values(good);

/** Exit status (or signal), what was printed, and the most memory it had where the system tells. */
export function runProgram(args, directory) {
  return new Promise((done) => {
    const options = {
      cwd: directory,
      env: { ...process.env, CI: 'true', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    };
    const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, program, ...args], options);
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (piece) => {
        if (text[name].length < 1e6) text[name] += piece;
      });
    }
    let megabytes = 0;
    const watch = setInterval(() => {
      megabytes = Math.max(megabytes, peakMemory(child.pid));
      if (megabytes > memory) child.kill('SIGKILL');
    }, 100);
    // A long run is no fault, but one that Ctrl-C does not end is.
    const ask = setTimeout(() => child.kill('SIGINT'), 1000 * patience);
    const end = setTimeout(() => child.kill('SIGKILL'), 1000 * (patience + grace));
    child.on('close', (code, signal) => {
      clearInterval(watch);
      clearTimeout(ask);
      clearTimeout(end);
      done({ status: code ?? signal, megabytes, ...text });
    });
  });
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
