import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Sources } from '../datasets/dataset.ts';
import type { Experiment } from '../experiment/define.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { inline } from '../launchers/inline.ts';
import { openLease } from '../store/leases.ts';
import { openStore, type Records } from '../store/store.ts';

/** The browser that the tests of the page use; undefined if there is none. */
export const program = [
  process.env.FYS_NN_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));
export const required = process.env.FYS_NN_BROWSER_TESTS === 'required';
if (program === undefined && !required) {
  process.stderr.write('note: no chromium here (FYS_NN_CHROMIUM), so the page is not tested in a browser\n');
}

/** Starts the browser. */
export async function launch(): Promise<Browser> {
  if (program === undefined) throw new Error('no chromium: install it, or name it by FYS_NN_CHROMIUM');
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: program, args });
}

/** Scrolls to every figure, so that each is drawn. */
export async function drawAll(page: Page): Promise<void> {
  for (const chart of await page.locator('figure .chart').all()) {
    await chart.scrollIntoViewIfNeeded();
    await chart.locator('svg').waitFor();
  }
}

export async function openDetails(page: Page): Promise<void> {
  await page.locator('details').evaluateAll((boxes) => {
    for (const box of boxes as unknown as { open: boolean }[]) box.open = true;
  });
}

const sources = { dataDir: null };
/** Small, but with all that a page has: grids, curves of several seeds, a network that knows a 1. */
export const small = {
  'grid-search ols': { epochs: [3], samples: [80], batchSize: [10, 'all'] },
  activations: { epochs: [8], samples: [80], seed: [1, 2, 3] },
  mnist: { epochs: [4], samples: [6000], testSize: [1000], learningRate: [0.1] },
} as const satisfies Readonly<Record<string, SettingLists>>;

export interface Runs {
  readonly experiments: readonly Experiment[];
  /** By experiment. Others are left out. */
  readonly given: Readonly<Record<string, SettingLists>>;
  readonly quick: boolean;
}

/** How pages are made, which this room does not know. */
type Render = (
  plans: readonly Plan[],
  records: Records,
  folder: string,
  options: { storeDirectory: string; sources: Sources; quiet: boolean },
) => Promise<string>;

/** Trains the experiments with the given settings, writes their page into the folder, and returns its path. */
export async function makePage(
  folder: string,
  { experiments, given, quick }: Runs,
  render: Render,
): Promise<string> {
  const storeDirectory = join(folder, 'store');
  const plans: Plan[] = [];
  for (const experiment of experiments.filter(({ name }) => name in given)) {
    const choices = { variant: 'code', quick, given: given[experiment.name] } as const;
    plans.push(await planExperiment(experiment, choices, sources));
  }
  const trials = plans.flatMap(({ cells }) => cells.map(({ trial }) => trial));
  const nothing = () => {};
  const events = {
    started: nothing,
    epoch: nothing,
    ended: nothing,
    ran: nothing,
    found: nothing,
    note: nothing,
  };
  const store = await openStore(storeDirectory);
  const lease = await openLease(storeDirectory);
  const { failures } = await inline(trials, { store, sources, jobs: 1, events, lease });
  await lease.end();
  expect(failures).toEqual([]);
  await store.refresh();
  const path = join(folder, 'report.html');
  await writeFile(path, await render(plans, store, folder, { storeDirectory, sources, quiet: true }));
  return path;
}
