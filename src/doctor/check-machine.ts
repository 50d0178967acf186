import { availableParallelism, cpus } from 'node:os';
import { packageFolder } from '../files/package-folder.ts';
import { hasVectors, kernelsInUse } from '../kernels/index.ts';
import { programVersion } from '../output/version.ts';
import { libraries } from '../references/index.ts';
import { numerics } from '../trial/trial.ts';
import type { Check } from './check.ts';

const minimumNodeVersion = 20;

/** Reports versions, processor, kernels and terminal. */
export function checkMachine(stdout: NodeJS.WriteStream): Check[] {
  return [
    { what: 'fys-nn', state: 'ok', found: `${programVersion()}, numerics ${numerics}, in ${packageFolder}` },
    nodeCheck(process.versions.node),
    {
      what: 'processor',
      state: 'ok',
      found: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads by default (--jobs)`,
    },
    kernelsCheck(),
    { what: 'terminal', state: 'ok', found: terminalOf(stdout) },
  ];
}

/** Checks that a version of Node, such as 20.1.0, is new enough. */
export function nodeCheck(version: string): Check {
  const found = `${version} (V8 ${process.versions.v8}, ${process.platform} ${process.arch})`;
  if (Number.parseInt(version, 10) >= minimumNodeVersion) return { what: 'Node', state: 'ok', found };
  return { what: 'Node', state: 'wrong', found, remedy: `install Node ${minimumNodeVersion} or newer` };
}

function kernelsCheck(): Check {
  const what = 'kernels';
  if (kernelsInUse() === 'wasm') {
    return { what, state: 'ok', found: 'WebAssembly with 128-bit vectors' };
  }
  return {
    what,
    state: 'warning',
    found: `plain reference kernels: the same numbers, several times slower (${hasVectors() ? 'set by FYS_NN_KERNELS' : 'this engine has no vector instructions'})`,
    remedy: hasVectors()
      ? 'unset FYS_NN_KERNELS'
      : 'use a processor and a version of Node that support WebAssembly SIMD',
  };
}

function terminalOf(stdout: NodeJS.WriteStream): string {
  if (!stdout.isTTY) return 'standard output is not a terminal: no colours';
  return `${stdout.columns} columns, ${stdout.hasColors() ? `${2 ** stdout.getColorDepth()} colours` : 'no colours'}`;
}

/** Reports which libraries are installed that can train the same models for comparison. All are optional. */
export async function checkReferences(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { title, find } of Object.values(libraries)) {
    const installed = await find();
    const found =
      'versions' in installed
        ? installed.versions.version
        : `not installed (${installed.absent.reason}): what it would train is left out`;
    checks.push({ what: `${title} (optional)`, state: 'ok', found });
  }
  return checks;
}
