import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { parseOption } from '../experiment/options.ts';
import { choices, places } from './choices.ts';
import { quantityOf } from './quantity.ts';
import { planReadings, readingWith } from './readings.ts';

const byName = new Map(experiments.map((experiment) => [experiment.name, experiment]));
const sources = { dataDir: null };
const seeds = () => [1];

test('the places are the rows of docs/differences.md, in its order', async () => {
  const text = await readFile(new URL('../../docs/differences.md', import.meta.url), 'utf8');
  const [table] = text.split('## How much each choice matters');
  const rows = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row));
  expect(places.map(({ row }) => row)).toEqual(rows);
  for (const { choices: own, notRun } of places) expect(own.length > 0).toBe(notRun === null);
});

test("each choice has a name of its own, and its values are the program's and another one", () => {
  expect(new Set(choices.map(({ name }) => name)).size).toBe(choices.length);
  for (const { option, program, other, experiments: own } of choices) {
    expect(own.length).toBeGreaterThan(0);
    expect(parseOption(option, String(other))).toEqual([other]);
    for (const name of own) {
      const values = byName.get(name)!.settings[option];
      expect({ name, option, values, has: values!.includes(program) }).toMatchObject({ has: true });
      expect(values).not.toContain(other);
    }
  }
});

test('no experiment has one option in two choices', () => {
  for (const { name } of experiments) {
    const own = choices.filter((choice) => choice.experiments.includes(name)).map(({ option }) => option);
    expect(new Set(own).size).toBe(own.length);
  }
});

test('every value of the wording is a choice', () => {
  for (const { name, text } of experiments) {
    for (const [option, values] of Object.entries(text)) {
      const found = choices.find((choice) => choice.option === option && choice.experiments.includes(name));
      expect({ name, option, other: [found?.other] }).toEqual({ name, option, other: values });
    }
  }
});

test('a choice changes the trials of its experiments and of no other', async () => {
  const claim = (experiment: string) => ({
    id: 'all',
    kind: 'number' as const,
    where: '-',
    says: '-',
    value: 1,
    significantDigits: 1,
    experiment,
    take: 'min' as const,
    statistic: byName.get(experiment)!.layout.metrics[0].name,
  });
  for (const choice of choices) {
    for (const { name } of experiments) {
      const claims = [claim(name)];
      const ids = async (reading: ReturnType<typeof readingWith>) => {
        const { plans } = await planReadings(claims, [reading], experiments, seeds, sources);
        return plans.flatMap(({ cells }) => cells.map(({ trial }) => trial.id)).join();
      };
      const affected = choice.experiments.includes(name);
      const changed = await ids(readingWith([choice]));
      expect({
        choice: choice.name,
        name,
        changed: changed !== '' && changed !== (await ids(readingWith([]))),
      }).toEqual({
        choice: choice.name,
        name,
        changed: affected,
      });
    }
  }
});

test('a claim about the rate that decays finds it however it decays', async () => {
  const claim = {
    id: 'decaying',
    kind: 'number' as const,
    where: '-',
    says: '-',
    value: 1,
    significantDigits: 1,
    experiment: 'grid-search ols',
    statistic: 'bootstrap_mse',
    select: { schedule: 'decay', batchSize: 10, learningRate: 0.1 },
  };
  const reading = readingWith(choices.filter(({ name }) => name === 'schedule decay_per_step'));
  const { planOf, plans } = await planReadings([claim], [reading], experiments, seeds, sources);
  const [cells] = planOf(reading, claim).bySeed.values();
  const found: string[] = [];
  const asked = (id: string) => {
    found.push(id);
    return undefined;
  };
  quantityOf(claim, cells, { get: asked } as never);
  const cell = plans[0].cells.find(({ trial }) => trial.id === found[0])!;
  expect(found).toHaveLength(1);
  expect(cell.settings.schedule).toBe('decay_per_step');
});
