import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { openJournal } from '../store/store.ts';
import { runTrial } from '../trial/run-trial.ts';
import { callProgram } from './called.testing.ts';

test('a damaged final checkpoint is named and counted apart: the store is sound', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'store-check-'));
  try {
    const ols = experiments.find(({ name }) => name === 'grid-search ols')!;
    const given = { solver: ['closed-form'], samples: [20], degree: [1] };
    const { cells } = await planExperiment(ols, { variant: 'code', quick: false, given }, { dataDir: null });
    const journal = await openJournal(join(directory, 'store'));
    await journal.append(await runTrial(cells[0].trial, { dataDir: null }));
    await journal.close();
    const check = () => callProgram(['store', 'check', '--store', 'store'], directory);
    expect((await check()).stdout).toMatch(/\nsound\n$/);
    const family = join(directory, 'store', 'finals', '0'.repeat(64));
    await mkdir(family, { recursive: true });
    await writeFile(join(family, '5.state'), '');
    const { status, stdout } = await check();
    expect(status).toBe(0);
    expect(stdout).toContain('5.state is damaged, so no training continues from it');
    expect(stdout).toMatch(/\nsound; 1 final checkpoint is of no use, which costs only time\n$/);
  } finally {
    await rm(directory, { recursive: true });
  }
});
