// Processes that were started for a test: whether they run, what they were started with, and their end.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process runs. One that has ended and that no parent has waited for does not. */
export function runs(pid) {
  try {
    // The name, in parentheses, may contain spaces.
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** This process and those that started it. */
function ancestors() {
  const pids = new Set();
  for (let pid = process.pid; pid > 0 && !pids.has(pid); ) {
    pids.add(pid);
    try {
      pid = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
    } catch {
      break;
    }
  }
  return pids;
}

/** The ids of all processes that were started with these environment variables, apart from this one and those that started it. */
export function startedWith(variables) {
  const wanted = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const own = ancestors();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && !own.has(Number(name)))
    .filter((pid) => {
      try {
        const given = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
        return wanted.every((variable) => given.includes(variable));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Sends a signal to processes; those that have ended already are left out. */
export function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/** Ends processes with SIGTERM, and with SIGKILL those that run after `seconds`. */
export async function end(pids, seconds = 10) {
  signal(pids, 'SIGTERM');
  if (!(await until(() => !pids.some(runs), seconds))) signal(pids, 'SIGKILL');
}

/** Waits until something holds; false if it does not after `seconds`. */
export async function until(holds, seconds) {
  const deadline = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}
