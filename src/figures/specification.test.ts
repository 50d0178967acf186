import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { figureFiles } from './files.ts';
import { type SpecificationStrip, specificationFigure } from './specification.ts';

const choices = [
  'centerTargets yes (61 %)',
  'batches permutation (20 %)',
  'outputBiasInit random_normal (2 %)',
];
const specifications = Array.from({ length: 8 }, (_, run) => {
  const changed = [1, 2, 4].map((bit) => (run & bit) !== 0);
  const value = 0.04 + 0.01 * Number(changed[0]) + 0.003 * Number(changed[1]) + 0.0004 * run;
  return { value, low: value - 0.002, high: value + 0.003, changed };
});
const strip = {
  name: 'specification-best',
  title: 'Network 2-128-1: the lowest test MSE of the grid (Figure 6)',
  valueTitle: 'test MSE, bootstrap mean',
  published: 0.046,
  isLog: true,
  seeds: 3,
  choices,
  specifications,
};

async function svgOf(change: Partial<SpecificationStrip>): Promise<string> {
  const files = await figureFiles([specificationFigure({ ...strip, ...change })], ['svg', 'png']);
  if (process.env.FYS_NN_LOOK !== undefined) {
    for (const [name, content] of files)
      await writeFile(`${process.env.FYS_NN_LOOK}/${change.name ?? ''}${name}`, content);
  }
  return String(files.get(`${change.name ?? strip.name}.svg`));
}

test('draws every value in order, the published one and which choices are changed', async () => {
  const svg = await svgOf({});
  for (const choice of choices) expect(svg).toContain(choice);
  expect(svg).toContain('published 0.046');
  const { spec } = specificationFigure(strip);
  const [top, below] = spec.vconcat as { data: { values: { value: number; place: number }[] } }[];
  const values = top.data.values.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(below.data.values).toHaveLength(8 * choices.length);
});

test('runs that diverge have a column without a dot, and a note; a conclusion has no published line', async () => {
  const some = specifications.map((one, run) =>
    run > 5 ? { ...one, value: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY } : one,
  );
  const figure = specificationFigure({ ...strip, specifications: some });
  const [top] = figure.spec.vconcat as { data: { values: unknown[] } }[];
  expect(top.data.values).toHaveLength(6);
  expect(figure.caption).toContain('last 2 have no dot');
  const svg = await svgOf({ name: 'diverged', specifications: some, published: null, isLog: false });
  expect(svg).not.toContain('published');
});
