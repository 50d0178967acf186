// Describes the machine that the benchmark runs on, and finds the fastest OpenBLAS settings for it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** Processor, memory and system. `load` is the current load average. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    flags: [...processorFlags()].filter((flag) => /^(avx|fma|sse4|asimd|sve)/.test(flag)).sort(),
    load: loadavg(),
  };
}

/** The commit of this clone, and whether files differ from it. */
export function describeCommit() {
  try {
    const git = (...args) => execFileSync('git', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    return { commit: git('rev-parse', 'HEAD').trim(), modified: git('status', '--porcelain').trim() !== '' };
  } catch {
    return { commit: null, modified: null };
  }
}

/** Where and with what a measurement runs: the machine, Node's version, the commit. */
export function describeRun() {
  return { machine: describeMachine(), cores: cpus().length, node: process.version, ...describeCommit() };
}

/**
 * Values for OPENBLAS_CORETYPE, fastest first; null leaves the choice to OpenBLAS.
 *
 * An OpenBLAS that is older than the processor treats it as a generic one.
 */
export function strongestCoreTypes() {
  const flags = processorFlags();
  const types = [];
  if (flags.has('avx512_bf16')) types.push('Cooperlake');
  if (flags.has('avx512f')) types.push('SkylakeX');
  if (flags.has('avx2')) types.push('Haswell');
  return [...types, null];
}

/** The environment variables of a peer: the number of threads, and OpenBLAS as installed or with a core type. */
export function environment(threads, coreType) {
  const { OPENBLAS_L2_SIZE, OPENBLAS_CORETYPE, ...rest } = process.env;
  const count = String(threads);
  return {
    ...rest,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    PYTHONDONTWRITEBYTECODE: '1',
    ...(coreType === null ? {} : { OPENBLAS_CORETYPE: coreType }),
  };
}

const interpreters = new Map();

/** The first Python interpreter that has the modules, or null. */
export function findPython(modules) {
  const wanted = modules.join(', ');
  if (!interpreters.has(wanted)) {
    const has = (python) => spawnSync(python, ['-c', `import ${wanted}`], { stdio: 'ignore' }).status === 0;
    interpreters.set(wanted, ['python3', '/usr/bin/python3'].find(has) ?? null);
  }
  return interpreters.get(wanted);
}

function processorFlags() {
  if (!existsSync('/proc/cpuinfo')) return new Set();
  const line = readFileSync('/proc/cpuinfo', 'utf8').match(/^(?:flags|Features)\s*:(.*)$/m);
  return new Set(line?.[1].trim().split(/\s+/) ?? []);
}
