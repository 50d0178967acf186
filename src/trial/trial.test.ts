import { describe, expect, test } from '@jest/globals';
import { trialCost } from './size.ts';
import type { LbfgsConfig } from './solvers/lbfgs.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import { canonicalJson, createTrial, numerics, type TrialConfig } from './trial.ts';

const model: SgdConfig = {
  solver: 'sgd',
  layers: [
    { units: 8, activation: 'relu', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: null },
  ],
  draw: 0,
  loss: 'mse',
  lambda: 0.001,
  penalizeBiases: true,
  learningRate: 0.1,
  optimizer: { name: 'sgd', momentum: 0 },
  schedule: 'constant',
  batchSize: 10,
  batches: 'permutation',
  epochs: 5,
  dtype: 'float64',
};
const lbfgs: LbfgsConfig = {
  solver: 'lbfgs',
  layers: model.layers,
  draw: 0,
  loss: 'mse',
  lambda: 0.001,
  penalizeBiases: true,
  maxIterations: 5,
  gradientTolerance: 1e-5,
  dtype: 'float64',
};
const config: TrialConfig = {
  numerics,
  seed: 3,
  data: { dataset: 'franke', samples: 100, noise: 1, target: null },
  split: { method: 'random', trainRows: 75, testRows: 25 },
  features: { basis: 'total', degree: 5, center: 'columns', centerTargets: true },
  model,
  bootstrap: { resamples: 10, method: 'test' },
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The same value with the keys of every object in the reverse order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, entry]) => [key, reversed(entry)]));
}

/** Every value that differs from the given one in exactly one place. */
function changes(value: Json): Json[] {
  if (Array.isArray(value)) {
    return [
      value.slice(1),
      [...value].reverse(),
      ...value.flatMap((entry, i) => changes(entry).map((changed) => value.with(i, changed))),
    ];
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, entry]) =>
      changes(entry).map((changed) => ({ ...value, [key]: changed })),
    );
  }
  if (typeof value === 'number')
    return [value + 1, value === 0 ? Number.MIN_VALUE : value * (1 + Number.EPSILON)];
  if (typeof value === 'boolean') return [!value];
  return value === null ? [0, ''] : [`${value} `, null];
}

const idOf = (value: Json) => createTrial(value as unknown as TrialConfig).id;

describe('canonicalJson', () => {
  test('sorts the keys at every depth and leaves lists in their order', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 0], a: { f: null, e: 'x' } })).toBe(
      '{"a":{"e":"x","f":null},"b":[{"c":2,"d":1},0]}',
    );
  });

  test('sorts by code unit, not by a language', () => {
    expect(canonicalJson({ a: 1, B: 2, '10': 3, '9': 4, ø: 5, z: 6 })).toBe(
      '{"10":3,"9":4,"B":2,"a":1,"z":6,"ø":5}',
    );
  });

  test('is JSON of the same value', () => {
    expect(JSON.parse(canonicalJson(config))).toEqual(config);
    const odd = { 'a"b': 'line\nbreak', empty: {}, none: [], tiny: 5e-324 };
    expect(JSON.parse(canonicalJson(odd))).toEqual(odd);
  });
});

describe('the id of a trial', () => {
  test('is a SHA-256 of its canonical config', () => {
    const { id, config: kept } = createTrial(config);
    expect(kept).toBe(config);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    // printf '{"numerics":1,"seed":0}' | sha256sum
    expect(idOf({ seed: 0, numerics: 1 })).toBe(
      '5d3de45f69636122da03b83da5d61ea618ae7671eb5091ed869a3d7ad769ad20',
    );
  });

  test('does not depend on the order of keys, and survives JSON', () => {
    const { id } = createTrial(config);
    expect(JSON.stringify(reversed(config as unknown as Json))).not.toBe(JSON.stringify(config));
    expect(idOf(reversed(config as unknown as Json))).toBe(id);
    expect(idOf(JSON.parse(JSON.stringify(config)))).toBe(id);
  });

  test('changes with any value, the version of the numerics among them', () => {
    const variants = changes(config as unknown as Json);
    const ids = new Set([createTrial(config).id, ...variants.map(idOf)]);
    expect(variants.length).toBeGreaterThan(60);
    expect(ids.size).toBe(variants.length + 1);
    expect(ids).toContain(idOf({ ...(config as unknown as Record<string, Json>), numerics: numerics + 1 }));
    expect(config.numerics).toBe(numerics);
  });
});

describe('trialCost', () => {
  const cost = (changed: Partial<SgdConfig>, rest: Partial<TrialConfig> = {}) =>
    trialCost({ ...config, ...rest, model: { ...model, ...changed } });

  test('is in proportion to epochs and to refits', () => {
    expect(cost({ epochs: 10 })).toBe(2 * cost({}));
    expect(cost({}, { bootstrap: { resamples: 7, method: 'refit' } })).toBe(7 * cost({}));
    expect(cost({}, { bootstrap: null })).toBe(cost({}));
  });

  test('rises with wider layers and with more rows', () => {
    const [hidden, output] = model.layers;
    expect(cost({ layers: [{ ...hidden, units: 16 }, output] })).toBeGreaterThan(cost({}));
    expect(cost({}, { split: { ...config.split, trainRows: 76 } })).toBeGreaterThan(cost({}));
  });

  test('of L-BFGS counts iterations as epochs', () => {
    const exact = (maxIterations: number) => trialCost({ ...config, model: { ...lbfgs, maxIterations } });
    expect(exact(model.epochs)).toBe(cost({}));
    expect(exact(10)).toBe(2 * exact(5));
  });

  test('of a closed form counts its refits', () => {
    const closed = { ...config, model: { solver: 'closed-form', lambda: 0 } } as const;
    const refits = trialCost({ ...closed, bootstrap: { resamples: 3, method: 'refit' } });
    expect(refits).toBe(3 * trialCost(closed));
  });
});
