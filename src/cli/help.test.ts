import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { optionGroups } from '../experiment/option-groups.ts';
import { starterRubric } from '../grading/rubric-starter.ts';
import type { ModelArray } from '../model/model-arrays.ts';
import { encodeNpz } from '../model/npz.ts';
import { exerciseContent } from '../trace/exercise-content.ts';
import { idOfExercise } from '../trace/exercise-id.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { readableJson } from '../trace/readable-json.ts';
import { recordingContent } from '../trace/recording-content.ts';
import { callProgram } from './called.testing.ts';
import { examplesOf } from './examples.ts';
import { createProgram } from './program.ts';
import { nameOf } from './usage-error.ts';

const program = createProgram(() => {});
/** All but those that only programs call. */
const commands = allCommands(program).filter(
  (command) => !['complete', 'slurm-task'].includes(command.name()),
);

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 });
  command.outputHelp();
  return help;
}

/** The options under each heading. */
function optionsByHeading(help: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let heading = '';
  for (const line of help.split('\n')) {
    if (/^\S.*:$/.test(line)) heading = line;
    const flag = /^ {2}(?:-\w, )?(--[\w-]+)/.exec(line)?.[1];
    if (flag !== undefined) found[heading] = [...(found[heading] ?? []), flag];
  }
  return found;
}

describe.each(commands.map((command): [string, Command] => [nameOf(command), command]))(
  '%s --help',
  (_name, command) => {
    const help = helpOf(command);

    test('fits 80 columns, has no quotation marks around defaults, and has two examples at least', () => {
      for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      expect(help).not.toMatch(/default: "|choices: "/);
      expect(examplesOf(command).length).toBeGreaterThanOrEqual(2);
    });
  },
);

test.each(allExperiments.map((experiment) => [experiment.name, experiment] as const))(
  '%s has its options in groups, and none that it cannot use',
  (name, { dataset, task, architecture, settings }) => {
    const command = commands.find((one) => nameOf(one) === name)!;
    const groups = optionsByHeading(helpOf(command));
    expect([...Object.keys(optionGroups), 'Run', 'A cluster', 'Output'].map((group) => `${group}:`)).toEqual(
      expect.arrayContaining(Object.keys(groups)),
    );
    const flags = Object.values(groups).flat();
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags.includes('--data-dir')).toBe(dataset === 'images');
    expect(flags.includes('--split')).toBe(dataset === 'images');
    expect(flags.includes('--bootstrap')).toBe(task === 'regression');
    expect(flags.includes('--net')).toBe(architecture === 'random');
    expect(flags.includes('--hidden')).toBe('hidden' in settings);
    expect(groups['Data:'][0]).toBe('--samples');
  },
);

test.each([
  ['list', '--epochs'],
  ['plot', '--store'],
  ['check', '--jobs'],
  ['open', '--seed'],
  ['table ffnn', '--jobs'],
])('%s, which trains nothing, has no %s', (name, flag) => {
  expect(helpOf(commands.find((one) => nameOf(one) === name)!)).not.toContain(flag);
});

describe('every example', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fys-nn-examples-'));
    const run = (args: string[]) => callProgram(args, directory);
    const small = ['--samples', '20', '--epochs', '1', '--bootstrap', '2', '--jobs', '1', '--no-figures'];
    const { status } = await run(['ffnn', ...small, '--save-model', '--out', 'results/ffnn']);
    expect(status).toBe(0);
    for (const out of ['baseline/ffnn', 'other/ffnn', 'results/ffnn-epochs-400'])
      await run(['ffnn', ...small, '--out', out, '--quiet']);
    for (const name of ['my.yaml', 'other.yaml'])
      await writeFile(join(directory, name), 'data: iris\nsettings: { epochs: 1 }\n');
    const houses = Array.from({ length: 40 }, (_, n) => `${n},${n % 7},${100 + 3 * n}`);
    await writeFile(join(directory, 'houses.csv'), `house,rooms,price\n${houses.join('\n')}\n`);
    await run(['grid-search', 'ffnn', ...small, '--out', 'results/grid-search-ffnn', '--quiet']);
    await mkdir(join(directory, 'results/report-quick'), { recursive: true });
    const verified = ['ols-best-at-rate-0.01', 'least-squares-mse'].map((id) => ({
      ...{ id, kind: 'number', where: 'here', figure: 'Figure 4', says: id, value: 0.1, readingError: 0.1 },
      ...{ experiment: 'ffnn', with: { samples: [20], epochs: [1] }, statistic: 'test_mse' },
    }));
    await writeFile(join(directory, 'c.json'), JSON.stringify({ report: { title: 't' }, claims: verified }));
    for (const out of ['results/verify', 'results/verify-quick'])
      await run(['verify', '--claims', 'c.json', '--seeds', '1,2', '--variant', 'code', '--out', out]);
    for (const folder of ['results', 'results/report-quick'])
      await writeFile(join(directory, folder, 'report.html'), '');
    for (const copy of ['trials', 'shard-1', 'shard-2'])
      await cp(join(directory, 'results/.trials'), join(directory, copy), { recursive: true });
    await run(['store', 'export', 'trials.jsonl.gz']);
    await copyFile(join(directory, 'results/ffnn/model.json'), join(directory, 'model.json'));
    await writeFile(join(directory, 'new.csv'), 'x,y\n0.1,0.2\n');
    const square = { path: ['layers', '0', 'kernel'], shape: [2, 2], dtype: 'float64', values: [1, 2, 3, 4] };
    for (const name of ['weights', 'square'])
      await writeFile(join(directory, `${name}.npz`), await encodeNpz([square as ModelArray], {}));
    const made = madeExercise();
    const exercise = { ...made, id: idOfExercise(made) };
    for (const folder of ['given', 'submissions']) await mkdir(join(directory, folder));
    await writeFile(join(directory, 'given/exercise.json'), readableJson(exerciseContent(exercise)));
    const recording = readableJson(recordingContent(recordingOf(exercise)));
    for (const name of ['mine.json', 'submissions/anna.json'])
      await writeFile(join(directory, name), recording);
    const rubric = starterRubric('rubric.yaml', '').replace(
      '\nexercises: exercise.json',
      '\nexercises: given',
    );
    await writeFile(join(directory, 'rubric.yaml'), rubric);
    await writeFile(join(directory, 'students.txt'), 'anna\nbo\n');
    const trace = join(process.cwd(), 'data/fixtures/traces');
    await mkdir(join(directory, 'data/fixtures/traces'), { recursive: true });
    const [name] = readdirSync(trace).filter((one) => one.endsWith('.json'));
    await copyFile(join(trace, name), join(directory, 'my-run.json'));
    await copyFile(join(trace, name), join(directory, 'data/fixtures/traces', name));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const planned = ([name, below]: readonly string[]) =>
    [
      'report',
      'train',
      'run',
      'rerun',
      ...allExperiments.map((experiment) => experiment.name.split(' ')[0]),
    ].includes(name) ||
    (name === 'verify' && below === 'specification');
  /** What is added to commands that draw, for pictures take long, and others test them. */
  const lighter: Record<string, string[]> = {
    plot: ['--format', 'json'],
    'activation-functions': ['--no-figures'],
  };
  const lightly = (words: string[]) => (words.includes('--format') ? [] : (lighter[words[0]] ?? []));
  const lines = [...new Set(commands.flatMap((command) => examplesOf(command).map(([line]) => line)))];

  test.each(lines)('fys-nn %s', async (line) => {
    // As a shell reads it: quotation marks, * and >.
    const words = execFileSync('sh', ['-c', `set -- ${line.replace(/ > \S+$/, '')}; printf '%s\\0' "$@"`], {
      cwd: directory,
      encoding: 'utf8',
    })
      .split('\0')
      .slice(0, -1);
    if (words[0] === 'verify' && !['explain', 'specification'].includes(words[1])) {
      // Too long to run: that its options are read is what can be wrong here.
      const command = createProgram(() => {});
      command.commands.find((one) => one.name() === 'verify')!.action(() => {});
      await command.parseAsync(words, { from: 'user' });
      return;
    }
    if (words[0] === 'doctor') {
      expect(words.filter((word) => word !== 'doctor' && word !== '--json')).toEqual([]);
      return;
    }
    const isPlanned = planned(words) && !words.includes('--plan');
    const args = [...words, ...(isPlanned ? ['--plan'] : lightly(words))];
    const { status, stderr } = await callProgram(args, directory);
    // The store has too few trials for a table, and nothing that was submitted.
    const expected = words[0] === 'table' ? 4 : ['attach', 'cancel'].includes(words[0]) ? 2 : 0;
    if (expected === 2) expect(stderr).toContain('has no submissions');
    if (status !== expected) expect(stderr).toBe('');
    expect(status).toBe(expected);
  });
});

test('the default of --scale is one statement', () => {
  const help = helpOf(commands.find((one) => nameOf(one) === 'mnist')!).replace(/\s+/g, ' ');
  const scale = /--scale <name> (.*?\))/.exec(help)![1];
  expect(scale.match(/default/g)).toHaveLength(1);
  expect(scale).toContain('(default: pixels, or max if all inputs are below 128)');
});
