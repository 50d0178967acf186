import { beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { type Made, madeVerification } from '../claims/made-verification.testing.ts';
import type { ReadVerification } from '../claims/read-verification.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { figuresOf } from '../figures/index.ts';
import { summarizeClassifier } from '../stats/classifier-summary.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { type Page, reportPage } from './page.ts';

const hostile = `</script><img src=x onerror="alert('1')">&`;
let plan: Plan;
let page: Page;

async function planOf(name: string, given: SettingLists, quick = false): Promise<Plan> {
  const experiment = experiments.find((candidate) => candidate.name === name)!;
  return planExperiment(experiment, { variant: 'code', quick, given }, { dataDir: null });
}

/** Made up, but of the form of a record: the page only shows it. */
function recordsOf({ cells }: Plan, changes: Partial<TrialRecord> = {}): Map<string, TrialRecord> {
  const record = {
    status: 'done',
    divergedAt: null,
    metrics: { train_mse: 0.1234, test_mse: 0.2345, best_test_mse: 0.2, best_epoch: 1 },
    curves: { train_mse: [0.3, 0.1234], test_mse: [0.2, 0.2345] },
    bootstrap: null,
    seconds: 1,
    at: '2020-11-01T00:00:00.000Z',
  } as const;
  return new Map(cells.map(({ trial: { id, config } }) => [id, { ...record, id, config, ...changes }]));
}

beforeAll(async () => {
  plan = await planOf('ffnn', { seed: [7], epochs: [2] });
  page = {
    runs: [{ plan, figures: [] }],
    functions: { name: 'functions', title: 'Functions', where: 'Figure 2', figures: [] },
    records: recordsOf(plan),
    comparisons: [],
    verdicts: null,
    classifier: null,
    places: { dataDir: null, dataName: null, store: null, out: null, nested: true },
  };
});

test('the same records give the same bytes', async () => {
  expect(await reportPage(page)).toBe(await reportPage(page));
});

test('the page of a single experiment speaks of it alone, and its command writes the same page', async () => {
  const places = { ...page.places, out: 'mine', nested: false };
  const text = await reportPage({ ...page, functions: null, places });
  expect(text).toContain('<h1>Network 2-128-1, relu: MSE per epoch</h1>');
  expect(text).toContain('npx fys-nn ffnn --seed 7 --epochs 2 --out mine --page</code>');
  expect(text).not.toMatch(/A report, rerun|Does the report hold|Figure 2/);
});

test('numbers, settings and the command of a run are in it', async () => {
  const text = await reportPage(page);
  expect(text).toContain('data-label="train MSE">0.1234</td>');
  expect(text).toContain('npx fys-nn ffnn --seed 7 --epochs 2');
  expect(text).not.toContain('QUICK');
});

test('a cell of which a seed diverged is not the best, and its seeds are counted', async () => {
  const rates = await planOf('ffnn', { seed: [1, 2], epochs: [2], learningRate: [0.01, 0.1] });
  const none = Object.fromEntries(['train_mse', 'test_mse', 'best_test_mse'].map((name) => [name, null]));
  const records = recordsOf(rates);
  for (const { settings, trial } of rates.cells) {
    const { id, config } = trial;
    const better = recordsOf(rates, { metrics: { train_mse: 0.1, test_mse: 0.1, best_test_mse: 0.1 } });
    if (settings.learningRate !== 0.1) continue;
    const diverged = { status: 'diverged', divergedAt: 1, metrics: none, curves: {} } as const;
    records.set(id, { ...better.get(id)!, id, config, ...(settings.seed === 2 ? diverged : {}) });
  }
  const text = await reportPage({ ...page, runs: [{ plan: rates, figures: [] }], records });
  expect(text).toMatch(/class="best">0\.2345/);
  expect(text).not.toMatch(/class="best">0\.1</);
  expect(text).toContain('1, 1 diverged');
});

test('a quick run says so, what did not run or diverged is said and never 0', async () => {
  const quick = await planOf('ffnn', { seed: [7] }, true);
  const missing = await reportPage({ ...page, runs: [{ plan: quick, figures: [] }], records: new Map() });
  expect(missing).toContain('QUICK RUN');
  expect(missing).toContain('1 trial, 1 not run.');
  expect(missing).toContain('data-label="train MSE">not run</td>');
  const none = { train_mse: null, test_mse: null };
  const diverged = recordsOf(plan, { status: 'diverged', divergedAt: 1, metrics: none, curves: {} });
  expect(await reportPage({ ...page, records: diverged })).toContain('data-label="train MSE">diverged</td>');
});

test('without weights it says how to get them', async () => {
  const mnist = await planOf('mnist', { seed: [3] });
  const text = await reportPage({ ...page, runs: [{ plan: mnist, figures: [] }], records: new Map() });
  expect(text).toContain('npx fys-nn mnist --seed 3 --force');
});

test('commands name the places of the run', async () => {
  const mnist = await planOf('mnist', { seed: [3] });
  const places = { dataDir: 'digits', dataName: null, store: 'kept', out: 'mine', nested: true };
  const text = await reportPage({
    ...page,
    places,
    runs: [{ plan: mnist, figures: [] }],
    records: new Map(),
  });
  expect(text).toContain('npx fys-nn mnist --seed 3 --data-dir digits --store kept --out mine/mnist</code>');
  expect(text).toContain('npx fys-nn mnist --seed 3 --data-dir digits --store kept --out mine/mnist --force');
  expect(text).toContain('npx fys-nn functions --out mine/functions');
});

describe('verdicts', () => {
  const shown = async (made: Made, quick = false) => {
    const verdicts = { ...(await madeVerification(made)), quick };
    const text = await reportPage({ ...page, verdicts });
    expect(text.indexOf('id="verdicts"')).toBeLessThan(text.indexOf('id="functions"'));
    return text.slice(text.indexOf('id="verdicts"'), text.indexOf('id="functions"'));
  };
  const words = (markup: string) =>
    markup
      .replace(/<[^>]*>/g, '')
      .replaceAll('&#39;', "'")
      .replace(/\s+/g, ' ');

  test('open with what holds and what does not, on how many seeds', async () => {
    const text = words(await shown({ contradicted: 2, notRun: 1, diverged: 0, typical: 4 }));
    expect(text).toContain("Of the report's 7 conclusions, 4 hold, 2 are contradicted and 1 was not run.");
    expect(text).toContain("Of the report's 7 published numbers, 4 are typical of our runs");
    expect(text).toContain('on 20 seeds, under its program (code) and its wording (text).');
    expect(text.indexOf('Do not rely on these')).toBeLessThan(text.indexOf('All verdicts'));
    expect(text).toContain('True in 0 of 20 seeds under the program and 0 of 20 under the wording');
    expect(text).toMatch(/in the median seed it misses by 0\.0\d+ \(test MSE\)/);
    expect(text).toContain('Why: the penalty');
  });

  test('are listed with what is contradicted first and what stands last, each under its id', async () => {
    const text = await shown({ contradicted: 3, notRun: 1, diverged: 0, typical: 3 });
    const claims = [...text.matchAll(/<li id="(claim-[^"]*)".*?data-verdict="([^"]*)"/g)];
    expect(claims).toHaveLength(14);
    expect(claims.slice(0, 6).map(([, , verdict]) => verdict)).toEqual(Array(6).fill('contradicted'));
    expect(claims.at(-1)![2]).toBe('typical');
    for (const [, id] of claims) expect(text).toContain(`href="#${id}"`);
  });

  test('have a strip of the runs that says in words what it shows', async () => {
    const text = await shown({ contradicted: 0, notRun: 0, diverged: 1, typical: 0, seeds: 12 });
    const labels = [...text.matchAll(/role="img" aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(labels).toHaveLength(2);
    expect(labels[0]).toMatch(/^the program: true in \d+ % of the seeds, interval .*the wording: true in/);
    expect(labels[1]).toMatch(
      /^Published 0\.05\. the program: 10 runs from 0\.0\d+ to 0\.\d+, .*, 2 diverged/,
    );
    const dots = [...text.matchAll(/class="dots" d="([^"]*)"/g)].map(
      ([, path]) => path.split('m').length - 1,
    );
    expect(dots).toEqual([10, 10]);
  });

  test('say so where nothing is contradicted, nothing was run, or the seeds are few', async () => {
    expect(words(await shown({ contradicted: 0, notRun: 0, diverged: 0 }))).toContain(
      'Nothing is contradicted.',
    );
    const none = words(await shown({ contradicted: 0, notRun: 3, diverged: 0, typical: 0 }));
    expect(none).toContain("Of the report's 3 published numbers, 3 were not run.");
    expect(none).not.toContain('Nothing is contradicted.');
    expect(words(await shown({ seeds: 2 }, true))).toContain('From few seeds');
  });

  test('of which there are none yet name the command', async () => {
    expect(await reportPage(page)).toContain('npx fys-nn verify</code>');
    const runs = [{ plan: await planOf('ffnn', { seed: [7] }, true), figures: [] }];
    expect(await reportPage({ ...page, runs })).toContain('npx fys-nn verify --quick</code>');
    const places = { ...page.places, out: 'mine' };
    expect(await reportPage({ ...page, places })).toContain('npx fys-nn verify --out mine/verify</code>');
  });
});

describe("data that are not the report's", () => {
  test('have no verdicts, no published numbers, no figure of the report, and are named', async () => {
    const [data] = plan.data;
    const other = { ...plan, data: [{ ...data, title: 'f(x, y) = x*y', isReports: false }] };
    const text = await reportPage({ ...page, runs: [{ plan: other, figures: [] }] });
    expect(text).toContain('on these data: f(x, y) = x*y.');
    expect(text).not.toContain('id="verdicts"');
    expect(text).not.toContain('Figure 5');
  });

  test('are offered for drawing digits only if they are digits', async () => {
    const mnist = await planOf('mnist', { seed: [3] });
    const [data] = mnist.data;
    const draws = async (isDigits: boolean) => {
      const runs = [{ plan: { ...mnist, data: [{ ...data, isDigits }] }, figures: [] }];
      return (await reportPage({ ...page, runs, records: new Map() })).includes('Draw a digit');
    };
    expect(await draws(true)).toBe(true);
    expect(await draws(false)).toBe(false);
  });
});

test('the opening says what was run, on which seeds, and what differs from the report', async () => {
  const lead = async (given: SettingLists, quick = false) => {
    const own = await planOf('ffnn', given, quick);
    const text = await reportPage({ ...page, runs: [{ plan: own, figures: [] }], records: recordsOf(own) });
    return text
      .slice(text.indexOf('<header>'), text.indexOf('</header>'))
      .replace(/<[^>]*>|\s+/g, ' ')
      .replace(/ +/g, ' ');
  };
  const own = await lead({ seed: [7] });
  expect(own).toContain('its experiment ffnn was run again, on these data: Franke function.');
  expect(own).toContain("The settings and data are the report's");
  expect(own).toContain('follows from seed 7');
  const changed = await lead({ seed: [1, 2, 3], hidden: ['8'] });
  expect(changed).toContain("Settings that are not the report's: ffnn : hidden 8.");
  expect(changed).toContain('run with 3 seeds (1..3)');
  expect(await lead({}, true)).toContain('QUICK RUN');
});

test('the glossary has the terms that the page uses, and no others', async () => {
  const text = await reportPage(page);
  const terms = text.slice(text.indexOf('id="terms"'));
  expect(terms).toContain('id="term-MSE"');
  expect(terms).not.toContain('id="term-cross-entropy"');
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  const targets = [...text.matchAll(/ href="#([^"]*)"/g)].map(([, id]) => id);
  expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
});

test('what users supply is text, in markup and in data', async () => {
  const named = {
    ...plan,
    lists: { ...plan.lists, formula: [hostile] },
    experiment: { ...plan.experiment, title: hostile },
  };
  const made = await madeVerification({ says: hostile });
  const hostileClaim = (one: { subject: object }) => ({
    ...one,
    subject: { ...one.subject, where: hostile, id: hostile, figure: hostile, cause: { text: hostile } },
  });
  const verdicts = {
    ...made,
    quick: false,
    readings: made.readings.map((reading) => ({ ...reading, name: hostile })),
    numbers: made.numbers.map(hostileClaim),
    conclusions: made.conclusions.map(hostileClaim),
    figures: made.figures.map((one) => ({ ...one, subject: hostile })),
  } as unknown as ReadVerification;
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: hostile,
    data: { values: [{ text: hostile }] },
    mark: 'text',
    encoding: { text: { field: 'text', type: 'nominal' } },
  };
  const figures = [{ name: 'one', title: hostile, caption: hostile, spec }];
  const text = await reportPage({ ...page, runs: [{ plan: named, figures }], verdicts });
  expect(text).toContain('&lt;/script&gt;&lt;img');
  expect(text).not.toContain('<img');
  const blocks = [...text.matchAll(/<script type="application\/json" id="([^"]*)">(.*?)<\/script>/g)];
  expect(blocks.length).toBeGreaterThan(2);
  const figure = blocks.find(([, id]) => id === 'ffnn-figure-one')!;
  expect(JSON.parse(figure[2]).title.text).toBe(hostile);
});

test('the classes of classifiers are a part of their own, with a table of the best cell', async () => {
  const logistic = await planOf('logistic', { seed: [1, 2], lambda: [0, 1], solver: ['sgd'] });
  const records = recordsOf(logistic);
  for (const { settings, trial } of logistic.cells) {
    const metrics = { test_accuracy: settings.lambda === 1 ? 0.9 : 0.8 };
    records.set(trial.id, { ...records.get(trial.id)!, metrics });
  }
  const summary = summarizeClassifier({
    labels: Uint32Array.of(0, 1, 1, 0),
    probabilities: Float64Array.of(0.9, 0.1, 0, 0.2, 0.8, 0, 0.6, 0.3, 0.1, 0.7, 0.3, 0),
  });
  const classifiers = { get: () => summary };
  const figures = figuresOf(logistic, records, { classifiers });
  const run = { plan: logistic, figures, classifiers };
  const text = await reportPage({ ...page, runs: [run], records });
  expect(text).toContain('<h3>The classes</h3>');
  expect(text).toContain('The table is of the best cell, lambda 1.');
  expect(text.indexOf('Of 8 test rows 6 were given their class.')).toBeGreaterThan(
    text.indexOf('The classes'),
  );
  // 2 TP / (2 TP + FP + FN) of class 0, and no F1 of class 2, which is neither a label nor given.
  expect(text).toContain('data-label="F1">0.8</td>');
  expect(text).toMatch(
    /data-label="class">2<\/th><td class="number" data-label="test rows">0<\/td>(<td[^>]*><\/td>){4}/,
  );
  const without = await reportPage({
    ...page,
    runs: [{ plan: logistic, figures: figuresOf(logistic, records) }],
    records,
  });
  expect(without).not.toContain('The classes');
});
