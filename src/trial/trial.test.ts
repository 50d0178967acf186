import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { experiments } from '../../experiments/index.ts';
import { codeReading, singleChanges, textReading } from '../claims/readings.ts';
import { type DatasetName, datasetEntry, datasetNames } from '../datasets/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { fixedSeed } from '../hostile.testing.ts';
import {
  defaultOptimizer,
  hyperparametersOf,
  type OptimizerConfig,
  optimizerNames,
} from '../nn/optimizers.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { featureDefaults } from './config.ts';
import { expectedEpochs, trialSeconds } from './size.ts';
import { solvers } from './solvers/index.ts';
import type { LbfgsConfig } from './solvers/lbfgs.ts';
import type { SgdConfig } from './solvers/sgd.ts';
import {
  canonicalConfig,
  canonicalJson,
  createTrial,
  idsBySeed,
  numerics,
  type TrialConfig,
} from './trial.ts';

const model: SgdConfig = {
  solver: 'sgd',
  layers: [
    { units: 8, activation: 'relu', kernelInit: 'glorot_uniform', biasInit: 'zeros' },
    { units: 1, activation: 'linear', kernelInit: 'glorot_uniform', biasInit: null },
  ],
  draw: 0,
  loss: 'mse',
  lambda: 0.001,
  l1: 0,
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
  l1: 0,
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
  features: { scale: 'max', basis: 'total', degree: 5, center: 'columns', centerTargets: true },
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
  test('is t and a SHA-256 of its canonical config', () => {
    const { id, config: kept } = createTrial(config);
    expect(kept).toBe(config);
    expect(id).toMatch(/^t[0-9a-f]{64}$/);
    // printf '{"numerics":1,"seed":0}' | sha256sum
    expect(idOf({ seed: 0, numerics: 1 })).toBe(
      't5d3de45f69636122da03b83da5d61ea618ae7671eb5091ed869a3d7ad769ad20',
    );
  });

  test('does not depend on the order of keys, and survives JSON', () => {
    const { id } = createTrial(config);
    expect(JSON.stringify(reversed(config as unknown as Json))).not.toBe(JSON.stringify(config));
    expect(idOf(reversed(config as unknown as Json))).toBe(id);
    expect(idOf(JSON.parse(JSON.stringify(config)))).toBe(id);
  });

  test('the canonical config keeps the order of the fields, and so do the bytes of a record', () => {
    const canonical = canonicalConfig({ ...config, split: { ...config.split, folds: 5 } }) as object;
    expect(Object.keys(canonical)).toEqual([
      'numerics',
      'seed',
      'split',
      'data',
      'features',
      'model',
      'bootstrap',
    ]);
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

/** A value that a JSON schema allows, patterns and the like apart: ids are taken of any. */
function sampleOf(schema: JsonSchema): Json {
  const { const: only, enum: names, anyOf, properties, type, items, prefixItems } = schema;
  if (only !== undefined) return only;
  if (names !== undefined) return names[0];
  if (anyOf !== undefined) return sampleOf(anyOf[0]);
  if (prefixItems !== undefined) return prefixItems.map(sampleOf);
  if (properties !== undefined) return samplesOf(properties);
  const values: Record<string, Json> = { string: 'ab', boolean: true, null: null, object: {} };
  return type === 'array' ? [sampleOf(items ?? {})] : (values[type ?? 'object'] ?? 7);
}

const samplesOf = (properties: Record<string, JsonSchema>): Record<string, Json> =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, sampleOf(schema)]));

interface JsonSchema {
  readonly const?: Json;
  readonly enum?: readonly Json[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Record<string, JsonSchema>;
  readonly type?: string;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
}

/** A config with every field that an entry of a table has. */
function everyFieldOf({ schema }: { readonly schema: ShapeOf }): Fields {
  const { properties } = z.toJSONSchema(z.object(schema(z)), { io: 'input' });
  return samplesOf(properties as Record<string, JsonSchema>);
}

type Fields = { readonly [name: string]: Json | object };
type Part = 'data' | 'features' | 'model';

/** Every part of a config that has defaults, with them. */
const tables: [title: string, part: Part, fields: Fields, defaults: Fields][] = [
  ['features', 'features', { ...config.features }, { ...featureDefaults }],
  ...datasetNames.map((name): (typeof tables)[number] => [
    `the dataset ${name}`,
    'data',
    { dataset: name, ...everyFieldOf(datasetEntry(name)) },
    { ...datasetEntry(name).defaults },
  ]),
  ...Object.entries(solvers).map(([name, solver]): (typeof tables)[number] => [
    `the solver ${name}`,
    'model',
    { solver: name, ...everyFieldOf(solver) },
    { ...solver.defaults },
  ]),
];

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
const idWith = (part: Part, fields: object) => idOf({ ...config, [part]: fields } as unknown as Json);

describe.each(tables)('an id and the defaults of %s', (_title, part, fields, defaults) => {
  test('a field at its default changes nothing, at any other value it does', () => {
    for (const [name, value] of Object.entries(defaults)) {
      const left = idWith(part, without(fields, name));
      expect(idWith(part, { ...fields, [name]: value })).toBe(left);
      const others = changes(value as Json);
      const ids = others.map((other) => idWith(part, { ...fields, [name]: other }));
      expect(others.length).toBeGreaterThan(0);
      expect(ids).not.toContain(left);
      // Two of these may say the same: an optimiser without what has its default is that optimiser.
      if (typeof value !== 'object' || value === null) expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('all defaults at once are none', () => {
    const bare = Object.keys(defaults).reduce(without, fields);
    expect(idWith(part, { ...fields, ...defaults })).toBe(idWith(part, bare));
  });

  test('fields that have no default are part of it', () => {
    const all = { ...fields, ...defaults };
    for (const name in fields) {
      if (!(name in defaults)) expect(idWith(part, without(all, name))).not.toBe(idWith(part, all));
    }
  });

  test('an option that is added later with a default keeps every id of before', () => {
    const table: object =
      part === 'features'
        ? featureDefaults
        : part === 'data'
          ? datasetEntry(fields.dataset as DatasetName).defaults
          : solvers[fields.solver as keyof typeof solvers].defaults;
    const before = idWith(part, fields);
    expect(idWith(part, { ...fields, dropout: 0 })).not.toBe(before);
    Object.assign(table, { dropout: 0 });
    try {
      expect(idWith(part, { ...fields, dropout: 0 })).toBe(before);
      expect(idWith(part, fields)).toBe(before);
      expect(idWith(part, { ...fields, dropout: 0.5 })).not.toBe(before);
    } finally {
      Reflect.deleteProperty(table, 'dropout');
    }
  });
});

describe.each(optimizerNames)('an id and the hyperparameters of %s', (name) => {
  const known = Object.entries(hyperparametersOf(name));
  const defaults = { name, ...Object.fromEntries(known.map(([field, { default: own }]) => [field, own])) };
  const idOfOptimizer = (optimizer: object) => idWith('model', { ...model, optimizer });

  test.each(known)('%s: its default changes nothing, any other value does', (field, { default: own }) => {
    const left = idOfOptimizer(without(defaults, field));
    expect(idOfOptimizer(defaults)).toBe(left);
    for (const other of changes(own)) expect(idOfOptimizer({ ...defaults, [field]: other })).not.toBe(left);
  });

  test('the name alone is the optimiser with its defaults', () => {
    expect(idOfOptimizer({ name })).toBe(idOfOptimizer(defaults));
    const isDefault = idOfOptimizer(defaults) === idWith('model', without({ ...model }, 'optimizer'));
    expect(isDefault).toBe(name === defaultOptimizer.name);
  });

  test('one added later with a default keeps every id of before', () => {
    const table = hyperparametersOf(name) as Record<string, object>;
    const before = idOfOptimizer(defaults);
    table.clip = { default: 1 };
    try {
      expect(idOfOptimizer({ ...defaults, clip: 1 })).toBe(before);
      expect(idOfOptimizer(defaults)).toBe(before);
      expect(idOfOptimizer({ ...defaults, clip: 2 })).not.toBe(before);
    } finally {
      Reflect.deleteProperty(table, 'clip');
    }
  });
});

test('what is no optimiser is not taken for one', () => {
  const left = idWith('model', without({ ...model }, 'optimizer'));
  const ids = [null, [], {}, 'sgd', 0, { name: 'toString' }, { name: 'sgd', momentum: null }].map(
    (optimizer) => idWith('model', { ...model, optimizer }),
  );
  expect(new Set([left, ...ids]).size).toBe(ids.length + 1);
});

test('a field with the name of what every object inherits is a field like any other', () => {
  for (const [, part, fields] of tables) {
    const texts = ['__proto__', 'constructor', 'toString'].map(
      (name) => `{"${name}":{"a":1},${JSON.stringify(fields).slice(1)}`,
    );
    const ids = texts.map((text) => idWith(part, JSON.parse(text)));
    expect(new Set([idWith(part, fields), ...ids]).size).toBe(ids.length + 1);
  }
});

describe('two configs', () => {
  const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const record = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    // A field that is undefined is one that is left out.
    fc.record(fields).map((value): Json => JSON.parse(JSON.stringify(value)));
  const optimizer = fc.option(
    record({ name: fc.constantFrom(...optimizerNames), momentum: maybe(0, 0.5, 0.9) }),
    { nil: undefined },
  );
  const networkFields = {
    draw: maybe(0, 1),
    lambda: maybe(0, 0.1),
    l1: maybe(0, 0.1),
    delta: maybe(1, 0.5),
    penalizeBiases: maybe(true, false),
    loss: fc.constantFrom('mse', 'cross_entropy'),
  };
  const sgdFields = {
    ...networkFields,
    optimizer,
    schedule: maybe('constant', 'decay'),
    epochs: maybe(1, 2),
  };
  const anyConfig = record({
    numerics: fc.constantFrom(numerics, numerics + 1),
    seed: fc.constantFrom(0, 1),
    data: fc.oneof(
      record({ dataset: fc.constant('franke'), noise: maybe(0, 1), target: maybe(null, 'x') }),
      record({
        dataset: fc.constant('images'),
        sha256: fc.constantFrom('a', 'b'),
        transpose: maybe(false, true),
        labels: maybe('at-least-10', 'occurring'),
      }),
    ),
    features: record({
      basis: maybe('none', 'total'),
      degree: maybe(null, 0, 3),
      scale: maybe('none', 'pixels'),
      center: maybe('none', 'columns'),
      centerTargets: maybe(true, false),
    }),
    model: fc.oneof(
      record({ solver: fc.constant('sgd'), ...sgdFields }),
      record({ solver: fc.constant('tfjs'), ...sgdFields }),
      record({ solver: fc.constant('lbfgs'), ...networkFields }),
      record({ solver: fc.constant('closed-form'), lambda: maybe(0, 0.1) }),
    ),
    bootstrap: fc.option(record({ method: fc.constantFrom('test', 'refit') }), { nil: null }),
  });

  /** The config with every default written out, by another road than the one that leaves them out. */
  function filled(value: Json): unknown {
    const { data, features, model: given, ...rest } = value as Record<string, Record<string, Json>>;
    const known = datasetEntry(data.dataset as DatasetName).defaults;
    const solver: { defaults: object } = solvers[given.solver as keyof typeof solvers];
    const whole: Record<string, unknown> = { ...solver.defaults, ...given };
    if (whole.optimizer !== undefined) {
      const { name } = whole.optimizer as OptimizerConfig;
      const own = Object.entries(hyperparametersOf(name)).map(([field, { default: d }]) => [field, d]);
      whole.optimizer = { ...Object.fromEntries(own), ...(whole.optimizer as object) };
    }
    return {
      ...rest,
      data: { ...known, ...data },
      features: { ...featureDefaults, ...features },
      model: whole,
    };
  }

  /** One config, and another that has some of its parts, some in another one's place, and lacks some fields. */
  const parts: string[] = ['numerics', 'seed', 'data', 'features', 'model', 'bootstrap'];
  const lacking = [
    'basis',
    'degree',
    'center',
    'centerTargets',
    'target',
    'draw',
    'lambda',
    'l1',
    'schedule',
  ];
  const pairs = fc
    .tuple(
      anyConfig,
      anyConfig,
      fc.oneof(fc.constant<string[]>([]), fc.subarray(parts)),
      fc.oneof(
        fc.constant<string[]>([]),
        fc.subarray([...lacking, 'penalizeBiases', 'optimizer', 'momentum']),
      ),
    )
    .map(([one, other, taken, lacks]): [Json, Json] => {
      const others = Object.entries(other as Fields).filter(([part]) => taken.includes(part));
      const mixed = { ...(one as Fields), ...Object.fromEntries(others) };
      return [
        one,
        JSON.parse(JSON.stringify(mixed, (key, value) => (lacks.includes(key) ? undefined : value))),
      ];
    });

  test('have one id exactly if they are equal with their defaults filled in', () => {
    let alike = 0;
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const isSame = isDeepStrictEqual(filled(one), filled(other));
        if (isSame && !isDeepStrictEqual(one, other)) alike++;
        expect(idOf(one) === idOf(other)).toBe(isSame);
        expect(idOf(filled(one) as Json)).toBe(idOf(one));
        expect(idOf(reversed(other))).toBe(idOf(other));
      }),
      { seed: fixedSeed, numRuns: 3000 },
    );
    expect(alike).toBeGreaterThan(100);
  });
});

test('no two cells of the experiments share an id unless their configs are equal', async () => {
  const configs = new Map<string, TrialConfig>();
  let cellCount = 0;
  for (const { variant, changed } of [codeReading, textReading, ...singleChanges(experiments)]) {
    for (const experiment of experiments) {
      const own = changed.filter((choice) => choice.experiments.includes(experiment.name));
      if (own.length < changed.length) continue;
      for (const quick of [false, true]) {
        const given = Object.fromEntries(own.map(({ option, other }) => [option, [other]]));
        const choices = { variant, quick, given };
        for (const { trial } of (await planExperiment(experiment, choices, { dataDir: null })).cells) {
          const known = configs.get(trial.id);
          if (known === undefined) configs.set(trial.id, trial.config);
          else expect(trial.config).toEqual(known);
          cellCount++;
        }
      }
    }
  }
  const distinct = new Set([...configs.values()].map(canonicalJson));
  expect(distinct.size).toBe(configs.size);
  expect(configs.size).toBeGreaterThan(500);
  expect(cellCount).toBeGreaterThan(configs.size);
});

describe('trialSeconds', () => {
  const seconds = (changed: Partial<SgdConfig>, rest: Partial<TrialConfig> = {}) =>
    trialSeconds({ ...config, ...rest, model: { ...model, ...changed } });

  test('rises in proportion to epochs and to refits, in addition to what every trial takes', () => {
    const epochs = (count: number) => seconds({ epochs: count }, { bootstrap: null });
    const thousands = [1000, 2000, 3000].map((count) => epochs(1000 * count));
    expect(thousands[2] - thousands[1]).toBeCloseTo(thousands[1] - thousands[0], 10);
    const refits = (resamples: number) =>
      seconds({ epochs: 1e6 }, { bootstrap: { resamples, method: 'refit' } });
    expect(refits(9) - refits(6)).toBeCloseTo(refits(6) - refits(3), 10);
  });

  test('is a fraction of a millisecond for a tiny trial, and rises with its epochs all the same', () => {
    const tiny = { ...config.split, trainRows: 16, testRows: 4 };
    const of = (epochs: number) => seconds({ epochs }, { split: tiny, bootstrap: null });
    expect(of(1)).toBeLessThan(5e-4);
    const rising = [1, 10, 100, 1000, 10_000, 100_000].map(of);
    for (let i = 1; i < rising.length; i++) expect(rising[i]).toBeGreaterThan(rising[i - 1]);
  });

  test('rises with wider layers, more rows, smaller batches, float64', () => {
    const [hidden, output] = model.layers;
    const long = { epochs: 1000 };
    expect(seconds({ ...long, layers: [{ ...hidden, units: 16 }, output] })).toBeGreaterThan(seconds(long));
    expect(seconds(long, { split: { ...config.split, trainRows: 76 } })).toBeGreaterThan(seconds(long));
    expect(seconds({ ...long, batchSize: 1 })).toBeGreaterThan(seconds({ ...long, batchSize: 10 }));
    expect(seconds({ ...long, dtype: 'float64' })).toBeGreaterThan(seconds({ ...long, dtype: 'float32' }));
  });

  test('rises with an optimiser that has state, costly activations, dropout; falls with fewer evaluations', () => {
    const [hidden, output] = model.layers;
    const long = { epochs: 1000 };
    const adam = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, clipNorm: Infinity } as const;
    expect(seconds({ ...long, optimizer: adam })).toBeGreaterThan(seconds(long));
    const withLayer = (changed: object) =>
      seconds({ ...long, layers: [{ ...hidden, ...changed }, output] as SgdConfig['layers'] });
    const [relu, tanh, gelu] = (['relu', 'tanh', 'gelu'] as const).map((activation) =>
      withLayer({ activation }),
    );
    expect(tanh).toBeGreaterThan(relu);
    expect(gelu).toBeGreaterThan(tanh);
    expect(withLayer({ dropout: 0.2 })).toBeGreaterThan(relu);
    expect(seconds({ ...long, evaluateEvery: 10 })).toBeLessThan(seconds(long));
  });

  test('L-BFGS is not expected to need all its iterations', () => {
    const exact = (maxIterations: number): TrialConfig => ({ ...config, model: { ...lbfgs, maxIterations } });
    expect(trialSeconds(exact(10))).toBeGreaterThan(trialSeconds(exact(5)));
    expect(trialSeconds(exact(10_000))).toBe(trialSeconds(exact(1000)));
    expect(expectedEpochs(exact(10_000)).epochs).toBeLessThan(1000);
    expect(expectedEpochs(exact(10))).toEqual({ epochs: 10, exact: false });
    expect(expectedEpochs(config)).toEqual({ epochs: model.epochs, exact: true });
  });
});

test('a stored config has its parts in the order of earlier records, so that their bytes are the same', () => {
  const parts = ['numerics', 'seed', 'split', 'data', 'features', 'model', 'bootstrap', 'streams'];
  const whole = { ...config, model, bootstrap: { resamples: 2, method: 'test' }, streams: 'cell' } as const;
  expect(Object.keys(canonicalConfig(whole) as object)).toEqual(parts);
});

test('the ids of trials that differ in their seed are those of their configs', () => {
  const bootstrap = { resamples: 2, method: 'test' } as const;
  for (const one of [config, { ...config, bootstrap }, { ...config, seeds: { init: 7, split: 8 } }]) {
    const idOfSeed = idsBySeed(one);
    for (const seed of [0, 3, 7, 8, 2 ** 53 - 1])
      expect(idOfSeed(seed)).toBe(createTrial({ ...one, seed }).id);
  }
});
