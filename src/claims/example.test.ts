import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const example = 'examples/own-runs';
const python = (...args: string[]) =>
  spawnSync('python3', ['-B', ...args], {
    cwd: example,
    encoding: 'utf8',
    // Threads of its linear algebra would only compete with those of other tests.
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  });

// That its README shows what the commands print: src/cli/shown-output.test.ts.
(python('-c', 'import numpy').status === 0 ? test : test.skip)(
  'the program of the example makes the runs next to it',
  () => {
    // A few of its seeds: NumPy may round differently on other machines.
    const { stdout, stderr } = python('train.py', '3', '20');
    expect(stderr).toBe('');
    const rows = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.split(','));
    const [header, ...made] = rows(stdout);
    const [names, ...kept] = rows(readFileSync(join(example, 'runs.csv'), 'utf8'));
    expect(header).toEqual(names);
    const same = kept.filter(([seed]) => ['3', '20'].includes(seed));
    expect(made.map((row) => row.slice(0, 3))).toEqual(same.map((row) => row.slice(0, 3)));
    for (const [index, row] of made.entries()) {
      const expected = same[index][3];
      if (expected === 'diverged') expect(row[3]).toBe('diverged');
      else expect(Number(row[3]) / Number(expected)).toBeCloseTo(1, 6);
    }
  },
  60_000,
);
