import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { experimentCommand, planOf } from '../cli/experiment.ts';
import { addRunFlags, type RunFlags } from '../cli/run-flags.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Choices, type Plan, planExperiment } from '../experiment/plan.ts';
import { commandOf } from './commands.ts';

const usual = { dataDir: null, dataName: null, store: null, out: null, nested: true };
type Chosen = Partial<Choices> & { given?: SettingLists };

const experimentOf = (name: string) => experiments.find((candidate) => candidate.name === name)!;

function planned(name: string, choices: Chosen): Promise<Plan> {
  const all = { variant: 'code', quick: false, given: {}, ...choices } as const;
  return planExperiment(experimentOf(name), all, { dataDir: null });
}

/** The words that sh makes of a command. */
function wordsOf(command: string): string[] {
  const text = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return text.split('\0').slice(0, -1);
}

/** What the program reads from the words of a command that runs an experiment. */
async function flagsOf(name: string, words: readonly string[]): Promise<RunFlags> {
  const program = new Command();
  const command = experimentCommand(program, experimentOf(name));
  addRunFlags(command, { out: 'results', elsewhere: 'results/report', fromFiles: true, quick: 'less' });
  let found: RunFlags | null = null;
  command.action((flags: RunFlags) => {
    found = flags;
  });
  await program.parseAsync([...words], { from: 'user' });
  return found!;
}

describe('commandOf', () => {
  test.each<[string, Chosen, string]>([
    ['grid-search ols', {}, 'npx fys-nn grid-search ols --seed 2020'],
    ['ffnn', { given: { seed: [1, 2, 3] } }, 'npx fys-nn ffnn --seed 1..3'],
    ['ffnn', { given: { seed: [1, 3, 4] } }, 'npx fys-nn ffnn --seed 1,3,4'],
    [
      'activations',
      { quick: true, variant: 'text' },
      'npx fys-nn activations --quick --variant text --seed 2020',
    ],
    [
      'ffnn',
      { given: { learningRate: [0.1, 1e-7] } },
      'npx fys-nn ffnn --seed 2020 --learning-rate 0.1,1e-7',
    ],
    ['ffnn', { given: { formula: ['sin(5*x)*y'] } }, "npx fys-nn ffnn --seed 2020 --formula 'sin(5*x)*y'"],
  ])('%s with %j is written as one would type it', async (name, choices, expected) => {
    expect(commandOf(await planned(name, choices), usual)).toBe(expected);
  });

  test('names the places of the run, the data only where they come from files', async () => {
    const places = { dataDir: '../my data', dataName: null, store: 'here/store', out: 'mine/', nested: true };
    expect(commandOf(await planned('mnist', {}), places)).toBe(
      "npx fys-nn mnist --seed 2020 --data-dir '../my data' --store here/store --out mine/mnist",
    );
    expect(commandOf(await planned('grid-search ols', {}), places)).toBe(
      'npx fys-nn grid-search ols --seed 2020 --store here/store --out mine/grid-search-ols',
    );
  });

  test.each<[string, Chosen]>([
    ['ffnn', { quick: true, given: { seed: [1, 2, 3], formula: ['(x > y ? 1 : 0)', 'max(x, y)'] } }],
    ['grid-search ridge', { variant: 'text', given: { lambda: [1e-12, 3], solver: ['sgd', 'closed-form'] } }],
    ['ffnn', { given: { schedule: ['eta0/(1 + epoch)'], hidden: ['none', '3-4'], noise: [0] } }],
  ])('%s with %j: through sh and the program it is the same plan', async (name, choices) => {
    const plan = await planned(name, choices);
    const [npx, fysNn, ...words] = wordsOf(commandOf(plan, usual));
    expect([npx, fysNn]).toEqual(['npx', 'fys-nn']);
    const again = await planOf(experimentOf(name), await flagsOf(name, words));
    const idsOf = ({ cells }: Plan) => cells.map(({ trial }) => trial.id);
    expect(idsOf(again.plan)).toEqual(idsOf(plan));
    expect(again.plan).toMatchObject({ quick: plan.quick, variant: plan.variant, lists: plan.lists });
  });

  test.each([
    'a b',
    "it's",
    '$HOME',
    '~/data',
    '"quoted"',
    '`ls`',
    'a\\b',
    '*',
    'ø/é',
    '-r',
    'a\nb',
    '#x',
    ' ',
  ])('the path %j comes through sh and the program as it is', async (path) => {
    const command = commandOf(await planned('mnist', {}), {
      dataDir: path,
      dataName: null,
      store: path,
      out: path,
      nested: true,
    });
    const flags = await flagsOf('mnist', wordsOf(command).slice(2));
    expect(flags).toMatchObject({ dataDir: path, store: path, out: `${path}/mnist` });
  });
});
