import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a part of a benchmark in a process of its own, which calls `printUse`, and returns what that printed. */
export function useOf(script, args, { nodeFlags = [], stderr = 'inherit' } = {}) {
  const text = execFileSync(process.execPath, [...nodeFlags, fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', stderr],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(text.toString().trim().split('\n').at(-1));
}

/** Runs a part of a benchmark, and prints its result as JSON with the time and memory that this process has used. */
export async function printUse(run) {
  const started = performance.now();
  const result = await run();
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const round = (x) => Math.round(100 * x) / 100;
  const seconds = round((performance.now() - started) / 1000);
  const cpuSeconds = round((userCPUTime + systemCPUTime) / 1e6);
  console.log(JSON.stringify({ ...result, seconds, cpuSeconds, peakMiB: Math.round(maxRSS / 1024) }));
}
