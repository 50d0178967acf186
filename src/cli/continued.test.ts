import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { clocks, preloading, runProgram } from '../program.testing.ts';

test.each(['threads', 'inline'])(
  'more epochs continue finished trials with --launcher %s',
  async (launcher) => {
    const directory = await mkdtemp(join(tmpdir(), 'fys-nn-continued-'));
    // By this clock of threads, each training takes long enough to leave its state.
    const options = { cwd: directory, env: preloading(clocks.hasty) };
    const flags = ['--samples', '40', '--bootstrap', '2', '--no-figures'];
    const run = (epochs: string, ...more: string[]) =>
      runProgram(['ffnn', ...flags, '--epochs', epochs, ...more], options);
    expect(await run('2')).toMatchObject({ status: 0 });
    expect((await run('5', '--plan', '--launcher', launcher)).stdout).toContain('continues at epoch 3');
    const { status, stderr } = await run('5', '--launcher', launcher);
    expect(status).toBe(0);
    expect(stderr).toContain('continues where a finished trial ended, after epoch 2');
    await rm(directory, { recursive: true });
  },
);
