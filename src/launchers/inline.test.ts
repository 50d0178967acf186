import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { openCheckpoints } from '../store/checkpoints.ts';
import { findContinuable, visitFinals } from '../store/final-checkpoints.ts';
import { openFinalWriter } from '../store/final-packs.ts';
import { openLease } from '../store/leases.ts';
import { openStore, readStore } from '../store/store.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { inline } from './inline.ts';

test('a trial continues a finished one with fewer epochs, as in a thread', async () => {
  const storeDirectory = await mkdtemp(join(tmpdir(), 'fys-nn-inline-'));
  const sources = { dataDir: null };
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const trialOf = async (epochs: number) => {
    const given = { epochs: [epochs], samples: [40] };
    return (await planExperiment(ffnn, { variant: 'code', quick: false, given }, sources)).cells[0].trial;
  };
  const [short, long] = [await trialOf(2), await trialOf(5)];
  // Trainings as short as this leave no state.
  const finals = openFinalWriter(storeDirectory);
  const checkpoints = await openCheckpoints(storeDirectory, short, {
    ...{ finals, stopRequested: () => false, every: 0 },
  });
  await runTrial(short, sources, { checkpoints });
  await checkpoints.settle();
  await finals.close();
  const epochs: number[] = [];
  const ignore = () => {};
  const events = {
    ...{ started: ignore, ended: ignore, ran: ignore, found: ignore, note: ignore },
    epoch: (_trial: unknown, epoch: number) => epochs.push(epoch),
  };
  const store = await openStore(storeDirectory);
  const lease = await openLease(storeDirectory);
  const continuable = await findContinuable(storeDirectory, [long]);
  await inline([long], { store, lease, sources, jobs: 1, events, continuable });
  await lease.end();
  expect(epochs).toEqual([3, 4, 5]);
  const numbers = ({ curves, metrics }: TrialRecord) => ({ curves, metrics });
  const { records } = await readStore(storeDirectory);
  expect(numbers(records.get(long.id)!)).toEqual(numbers(await runTrial(long, sources)));
  const kept: number[] = [];
  await visitFinals(storeDirectory, (final) => kept.push(final.epochs));
  expect(kept.sort()).toEqual([2, 5]);
  await rm(storeDirectory, { recursive: true });
});

test('computes trials one after another into the store, and returns those that fail', async () => {
  const storeDirectory = await mkdtemp(join(tmpdir(), 'fys-nn-inline-'));
  const sources = { dataDir: null };
  const given = { epochs: [2], samples: [40], seed: [1, 2] };
  const ffnn = experiments.find(({ name }) => name === 'ffnn')!;
  const { cells } = await planExperiment(ffnn, { variant: 'code', quick: false, given }, sources);
  const [good, other] = cells.map(({ trial }) => trial);
  const bad = {
    id: other.id,
    config: { ...other.config, data: { ...other.config.data, target: 'z' } },
  } as typeof other;
  const heard: string[] = [];
  const events = {
    started: () => heard.push('started'),
    epoch: (_trial: unknown, epoch: number) => heard.push(`epoch ${epoch}`),
    ended: (_trial: unknown, outcome: string) => heard.push(outcome),
    ran: () => heard.push('ran'),
    found: () => heard.push('found'),
    note: (text: string) => heard.push(text),
  };
  const store = await openStore(storeDirectory);
  const lease = await openLease(storeDirectory);
  const options = { store, lease, sources, jobs: 1, events, retries: 0 };
  const { failures, computed } = await inline([good, bad], options);
  await lease.end();
  expect([...computed]).toEqual([good.id]);
  expect(failures.map(({ trial }) => trial)).toEqual([bad]);
  expect(heard).toEqual(['started', 'epoch 1', 'epoch 2', 'done', 'started', 'failed']);
  expect([...(await readStore(storeDirectory)).records.keys()]).toEqual([good.id]);
  await rm(storeDirectory, { recursive: true });
});
