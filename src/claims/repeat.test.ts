import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { type OptionName, parseOption, type SettingLists } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { ownClaims, quantitiesOf, readClaims } from './claims.ts';
import { fits } from './quantity.ts';
import { boundQuantities, codeReading, isJudged, planReadings, textReading } from './readings.ts';
import { argumentsOf, type Repeat, repeatsOf } from './repeat.ts';

const sources = { dataDir: null };
const seeds = [2];

/** The ids of the trials that a command runs, its options read as the command line reads them. */
async function idsOf(repeat: Repeat): Promise<ReadonlySet<string>> {
  const words = argumentsOf(repeat);
  const first = words.findIndex((word) => word.startsWith('--'));
  const experiment = experiments.find(({ name }) => name === words.slice(0, first).join(' '))!;
  const given: Record<string, unknown> = {};
  let variant = 'code';
  for (let i = first; i < words.length; i += 2) {
    const name = words[i].slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (name === 'variant') variant = words[i + 1];
    else given[name] = parseOption(name as OptionName, words[i + 1], words[i]);
  }
  const choices = { variant: variant as 'code', quick: false, given: given as SettingLists };
  const { cells } = await planExperiment(experiment, choices, sources);
  return new Set(cells.map(({ trial }) => trial.id));
}

test.each([codeReading, textReading])(
  'the commands that repeat a claim run every trial that it is judged by, for each claim of the report: $name',
  async (reading) => {
    const { claims } = await readClaims(ownClaims);
    const judged = claims.filter((claim) => isJudged(claim, reading));
    const { planOf } = await planReadings(judged, [reading], experiments, () => seeds, sources);
    const known = new Map<string, Promise<ReadonlySet<string>>>();
    const lacking: string[] = [];
    for (const claim of judged) {
      const ids = new Set<string>();
      for (const repeat of repeatsOf([claim], reading.variant, () => seeds)) {
        const key = argumentsOf(repeat).join(' ');
        if (!known.has(key)) known.set(key, idsOf(repeat));
        for (const id of await known.get(key)!) ids.add(id);
      }
      for (const quantity of quantitiesOf(claim).flatMap((one) => boundQuantities(claim, one))) {
        const cells = [...planOf(reading, quantity).bySeed.values()].flat();
        const isMissing = cells.some((cell) => fits(cell, quantity) && !ids.has(cell.trial.id));
        if (isMissing) lacking.push(claim.id);
      }
    }
    expect(lacking).toEqual([]);
  },
);
