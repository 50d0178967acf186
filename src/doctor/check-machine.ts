import { availableParallelism, cpus } from 'node:os';
import { hasVectors, kernelsInUse } from '../kernels/index.ts';
import { packageFolder, programVersion } from '../output/version.ts';
import { referenceNames, references } from '../references/index.ts';
import { numerics } from '../trial/trial.ts';
import type { Check } from './check.ts';

const oldestNode = 20;

/** Versions, processor, kernels and terminal. */
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

/** Whether a version of Node such as 20.1.0 is new enough. */
export function nodeCheck(version: string): Check {
  const found = `${version} (V8 ${process.versions.v8}, ${process.platform} ${process.arch})`;
  if (Number.parseInt(version, 10) >= oldestNode) return { what: 'Node', state: 'ok', found };
  return { what: 'Node', state: 'wrong', found, remedy: `install Node ${oldestNode} or newer` };
}

function kernelsCheck(): Check {
  const what = 'kernels';
  if (kernelsInUse() === 'wasm') {
    return { what, state: 'ok', found: 'WebAssembly with 128-bit vectors' };
  }
  return {
    what,
    state: 'warning',
    found: `the plain reference: the same numbers, several times slower (${hasVectors() ? 'FYS_NN_KERNELS asks for it' : 'no vectors in this engine'})`,
    remedy: hasVectors() ? 'unset FYS_NN_KERNELS' : 'run on a processor and a Node with WebAssembly SIMD',
  };
}

function terminalOf(stdout: NodeJS.WriteStream): string {
  if (!stdout.isTTY) return 'standard output is no terminal: no colours';
  return `${stdout.columns} columns, ${stdout.hasColors() ? `${2 ** stdout.getColorDepth()} colours` : 'no colours'}`;
}

/** Other libraries that can be trained beside ours: all are optional. */
export async function checkReferences(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const name of referenceNames) {
    const { title, find } = references[name];
    const installed = await find();
    const found =
      'versions' in installed
        ? installed.versions.version
        : `not installed (${installed.absent.reason}): --reference ${name} is left out`;
    checks.push({ what: `${title} (optional)`, state: 'ok', found });
  }
  return checks;
}
