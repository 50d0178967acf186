// Runs the program in its own process, as a user would start it.
import { spawn } from 'node:child_process';

/**
 * Runs Node with the arguments. Resolves to the seconds and the peak resident memory in MB. Errors: a nonzero exit
 * status.
 */
export async function runProgram(args) {
  const begun = performance.now();
  const { maxRSS } = await resourceUsage(args);
  return { seconds: (performance.now() - begun) / 1000, megabytes: (maxRSS * 1024) / 1e6 };
}

/** Runs Node and returns the resource usage that the process reports when it ends. */
export function resourceUsage(args) {
  const report = `
    import { writeSync } from 'node:fs';
    import { isMainThread } from 'node:worker_threads';
    if (isMainThread) process.on('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));
  `;
  const hook = `data:text/javascript,${encodeURIComponent(report)}`;
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--import', hook, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let usage = '';
    let complaints = '';
    child.stdio[3].on('data', (text) => {
      usage += text;
    });
    child.stderr.on('data', (text) => {
      complaints += text;
    });
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done(JSON.parse(usage));
      else failed(new Error(`fys-nn ${args.slice(1).join(' ')} ended with ${code}: ${complaints}`));
    });
  });
}
