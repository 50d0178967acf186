import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { inline } from '../launchers/inline.ts';
import { openLease } from '../store/leases.ts';
import { openStore } from '../store/store.ts';
import { classifierData } from './classifier.ts';

const sources = { dataDir: null };
const nothing = () => {};
const events = {
  started: nothing,
  epoch: nothing,
  ended: nothing,
  ran: nothing,
  found: nothing,
  note: nothing,
};

test('the trained network of a run; damaged weights are named, with what computes them again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fys-nn-classifier-'));
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  const given = { samples: [700], testSize: [150], epochs: [1] };
  const plan = await planExperiment(mnist, { variant: 'code', quick: false, given }, sources);
  const store = await openStore(directory);
  const lease = await openLease(directory);
  await inline([plan.cells[0].trial], { store, sources, jobs: 1, events, lease });
  await lease.end();
  await store.refresh();
  const notes: string[] = [];
  const data = () => classifierData([plan], store, directory, sources, (text) => notes.push(text));
  expect((await data())!.networks).toHaveLength(1);
  expect(notes).toEqual([]);

  const [name] = await readdir(join(directory, 'weights'));
  const file = join(directory, 'weights', name);
  const bytes = await readFile(file);
  bytes[1000] ^= 1;
  await writeFile(file, bytes);
  expect(await data()).toBeNull();
  expect(notes).toEqual([
    expect.stringMatching(
      /weights of trial t[0-9a-f]{15} are missing or damaged.*fys-nn mnist --force computes them again/,
    ),
  ]);
  await rm(directory, { recursive: true });
});

test('only networks of upright digits as they are drawn are offered, with the scale of their inputs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fys-nn-classifier-'));
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  const classifierOf = async (given: SettingLists) => {
    const lists = { samples: [700], testSize: [150], epochs: [1], ...given };
    const plan = await planExperiment(mnist, { variant: 'code', quick: false, given: lists }, sources);
    const store = await openStore(directory);
    const lease = await openLease(directory);
    await inline(
      plan.cells.map(({ trial }) => trial),
      { store, sources, jobs: 1, events, lease },
    );
    await lease.end();
    await store.refresh();
    return await classifierData([plan], store, directory, sources, () => {});
  };
  expect((await classifierOf({ scale: ['pixels'] }))!.networks[0].divisor).toBe(255);
  expect((await classifierOf({ scale: ['none'] }))!.networks[0].divisor).toBe(1);
  expect(await classifierOf({ center: ['columns'] })).toBeNull();
  expect(await classifierOf({ transpose: ['yes'] })).toBeNull();
  const mixed = await classifierOf({ transpose: ['yes', 'no'] });
  expect(mixed!.networks).toHaveLength(1);
  expect(mixed!.networks[0].title).toContain('transpose no');
  await rm(directory, { recursive: true });
});
