import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
// @ts-expect-error: it is plain JavaScript, without types.
import { startFakeSlurm } from '../../bench/cluster/fake/index.js';
import { runProgram } from '../program.testing.ts';

test('a task that Slurm holds since its node could not start it is released', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-slurm-held-'));
  const fake = await startFakeSlurm(join(folder, 'slurm'), { accountingLag: 0 });
  try {
    const trials = ['ffnn', '--epochs', '2', '--samples', '100', '--seed', '1..2', '--no-figures'];
    const slurm = [
      '--launcher',
      'slurm',
      '--task-time',
      '1s',
      '--slurm-poll',
      '0.2s',
      '--latency-wait',
      '1s',
    ];
    const env = { ...fake.env, FAKE_SLURM_FAULTS: 'task=not-launched@0' };
    const { status, stderr } = await runProgram([...trials, ...slurm], { cwd: folder, env });
    expect(stderr).toMatch(/task 1_0 could not be started by its node; released again/);
    expect(status).toBe(0);
  } finally {
    await fake.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}, 60_000);
