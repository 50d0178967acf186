import { describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { type OptionName, parseOption, type SettingLists } from './options.ts';
import { planExperiment } from './plan.ts';
import { settingNotes } from './setting-notes.ts';

const sources = { dataDir: null };

async function plan(
  name: string,
  texts: Partial<Record<OptionName, string>>,
  variant: 'code' | 'text' = 'code',
) {
  const experiment = experiments.find((one) => one.name === name)!;
  const given: SettingLists = Object.fromEntries(
    Object.entries(texts).map(([option, text]) => [option, parseOption(option as OptionName, text)]),
  );
  const made = await planExperiment(experiment, { variant, quick: false, given }, sources);
  return { made, notes: settingNotes(made, given) };
}

describe('a schedule that does not read the learning rate', () => {
  test.each([
    ['grid-search ols', { schedule: '5/(step+50)' }],
    ['ffnn', { schedule: 'constant,0.1/(epoch+1)', learningRate: '0.1,0.2' }],
  ])('of %s with several learning rates is refused', async (name, texts) => {
    await expect(plan(name, texts)).rejects.toThrow(
      '{learningRate} has no effect, because the formula of {schedule}',
    );
  });

  test.each([
    ['ffnn', { schedule: '5/(step+50)', learningRate: '0.1' }],
    ['grid-search ols', { schedule: '5/(step+50)', learningRate: '0.1' }],
  ])('of %s with one gets a note', async (name, texts) => {
    expect((await plan(name, texts)).notes).toEqual([
      '{learningRate} has no effect, because the formula of {schedule} does not have eta0',
    ]);
  });

  test('whose learning rate nobody gave is no matter, nor is a formula that reads it', async () => {
    expect((await plan('ffnn', { schedule: '5/(step+50)' })).notes).toEqual([]);
    expect(
      (await plan('ffnn', { schedule: 'max(eta0/2, 1e-3),decay', learningRate: '0.1,0.2' })).notes,
    ).toEqual([]);
    await expect(plan('ffnn', { schedule: '0.1*eta00', learningRate: '1,2' })).rejects.toThrow();
  });
});

test.each([
  ['ffnn', { penalize: 'kernels' }, ['{penalize} has no effect, because {lambda} and {l1} are 0']],
  ['ffnn', { penalize: 'kernels', lambda: '0,0.1' }, []],
  ['ffnn', { penalize: 'kernels', l1: '0,0.1' }, []],
  [
    'ffnn',
    { coefficients: 'yes' },
    [
      '{coefficients} has no effect, because the networks have hidden layers; {hidden} none makes them linear models',
    ],
  ],
  ['ffnn', { coefficients: 'yes', hidden: 'none,8' }, []],
  ['ffnn', { degree: '3' }, ['{degree} has no effect with these settings']],
  ['grid-search ols', { solver: 'closed-form', epochs: '5' }, ['{epochs} has no effect with these settings']],
])('%s with %j: notes on what has no effect', async (name, texts, notes) => {
  expect((await plan(name, texts)).notes).toEqual(notes);
});

describe('early stopping on the test rows', () => {
  const decomposed = { earlyStopping: '5', bootstrapMethod: 'bias-variance', bootstrap: '2' };
  const partsNote = 'Bias and variance are measured on them too';
  const stopping = async (texts: Partial<Record<OptionName, string>>) =>
    (await plan('ffnn', texts)).notes.filter((note) => note.startsWith('{earlyStopping}'));

  test('is said, and that bias and variance are measured on them', async () => {
    expect(await stopping(decomposed)).toEqual([expect.stringContaining(partsNote)]);
    expect(await stopping({ ...decomposed, bootstrapMethod: 'test,bias-variance' })).toEqual([
      expect.stringContaining(partsNote),
    ]);
    for (const bootstrapMethod of ['test', 'refit']) {
      const notes = await stopping({ ...decomposed, bootstrapMethod });
      expect(notes).toEqual([expect.not.stringContaining('variance')]);
    }
  });

  test.each([{ validationSize: '0.2' }, { folds: '5' }, { earlyStopping: 'none' }])(
    'is none with %j',
    async (texts) => {
      expect(await stopping({ ...decomposed, ...texts })).toEqual([]);
    },
  );
});

const purposes = {
  dataSeed: '7',
  splitSeed: '7',
  initSeed: '7',
  batchSeed: '7',
  bootstrapSeed: '7',
} as const;
const { splitSeed: _, ...butSplit } = purposes;
const whole = { split: 'canonical', samples: 'all', testSize: '10000' } as const;
const again = '{seed} has no effect with these settings: all seeds give the same trial';

describe('seeds from which nothing is drawn', () => {
  test.each<[string, Partial<Record<OptionName, string>>, string[]]>([
    ['ffnn', { seed: '1,2', ...purposes }, [again]],
    ['ffnn', { seed: '1', ...purposes }, []],
    ['ffnn', { seed: '1,2', ...butSplit }, []],
    ['ffnn', { seed: '1,2', ...purposes, initSeed: 'seed,7' }, []],
    ['ffnn', { seed: '1,2', dataSeed: '7', splitSeed: '7', initSeed: '7', batches: 'full' }, []],
    [
      'ffnn',
      { seed: '1,2', dataSeed: '7', splitSeed: '7', initSeed: '7', bootstrapSeed: '7', batches: 'full' },
      [again],
    ],
    ['randomnet', { seed: '1,2', net: '1,2', ...purposes }, []],
    ['grid-search ols', { solver: 'closed-form', seed: '1,2', dataSeed: '7', splitSeed: '7' }, []],
    ['mnist', { ...whole, splitSeed: '1,2' }, ['{splitSeed} has no effect with these settings']],
    ['mnist', { ...whole, splitSeed: '1,2', validationSize: '10' }, []],
    ['mnist', { ...whole, samples: '69999', splitSeed: '1,2' }, []],
    ['mnist', { ...whole, split: 'random', splitSeed: '1,2' }, []],
    ['mnist', { ...whole, seed: '1,2', initSeed: '7', batchSeed: '7' }, [again]],
  ])('%s with %j: %j', async (name, texts, notes) => {
    expect((await plan(name, texts)).notes.filter((note) => note.includes('eed'))).toEqual(notes);
  });
});

describe('rows that a permutation leaves out', () => {
  test.each([
    [
      '500',
      '{batches} permutation with {batchSize} 500 leaves 250 of 750 training rows out of each epoch, different ones each time',
    ],
    [
      '500,400,10,200',
      '{batches} permutation leaves up to 350 of 750 training rows out of each epoch (with {batchSize} 400), different ones each time',
    ],
    [
      '10,400',
      '{batches} permutation with {batchSize} 400 leaves 350 of 750 training rows out of each epoch, different ones each time',
    ],
  ])('batches of %s', async (batchSize, note) => {
    expect((await plan('ffnn', { batches: 'permutation', batchSize })).notes).toEqual([note]);
  });

  test.each([
    { batches: 'permutation', batchSize: '10,250,all' },
    // 2 of 750 rows are left over.
    { batches: 'permutation', batchSize: '11' },
    { batches: 'with-replacement', batchSize: '500' },
    { batches: 'full', batchSize: '500' },
  ])('none worth a note: %j', async (texts) => {
    const { notes } = await plan('ffnn', texts);
    expect(notes.filter((note) => note.includes('leaves'))).toEqual([]);
  });

  test("the report's own settings are quiet", async () => {
    for (const { name, dataset } of experiments) {
      if (dataset !== 'franke') continue;
      for (const variant of ['code', 'text'] as const)
        expect((await plan(name, {}, variant)).notes).toEqual([]);
    }
  });
});

describe('a library', () => {
  const withLibrary = async (name: string, reference: string, solver: string) => {
    const { made } = await plan(name, { solver });
    const cells = [
      ...made.cells,
      ...made.cells.map(({ trial, settings }) => ({ trial, settings: { ...settings, reference } })),
    ];
    return settingNotes({ ...made, cells }, {});
  };

  test.each([
    ['logistic', 'sklearn-logistic', 'sgd', 'lbfgs'],
    ['grid-search ridge', 'sklearn-ridge', 'sgd', 'closed-form'],
    ['logistic', 'torch', 'lbfgs', 'sgd'],
  ])('of %s, %s, that has no trial of the same solver gets a note', async (name, reference, solver, own) => {
    const note = `{reference} ${reference} has no trial of ours to be compared with: compare it with {solver} ${own}`;
    expect(await withLibrary(name, reference, solver)).toContain(note);
    for (const solvers of [own, `${own},${solver}`])
      expect((await withLibrary(name, reference, solvers)).join()).not.toContain('compare');
  });
});
