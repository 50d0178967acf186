import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonCandidates } from './python.ts';

/** An interpreter that has these packages, such as 'numpy, torch'; null, with a note, if there is none. */
export async function pythonWith(packages: string): Promise<string | null> {
  const program = `import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, '${packages}'.split(', '))))`;
  for (const interpreter of pythonCandidates()) {
    const found = await promisify(execFile)(interpreter, ['-c', program]).catch(() => null);
    if (found !== null) return interpreter;
  }
  process.stderr.write(`${packages} are not installed for Python: tests of its scripts are skipped\n`);
  return null;
}
