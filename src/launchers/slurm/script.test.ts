import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { arrayOfName, jobName, sbatchWord, scriptOf, slurmTime } from './script.ts';
import type { SlurmSettings } from './settings.ts';

const settings: SlurmSettings = {
  ...{ partition: null, account: null, time: null, cpus: 2, mem: null, constraint: null, options: [] },
  ...{ taskTime: 600, latencyWait: 60, patience: 3600, poll: 3, detach: false },
};
const facts = {
  ...{
    id: '20260102-030405-abcdef',
    command: 'fys-nn ffnn',
    folder: '/s',
    directory: '/',
    trials: 5,
    tasks: 3,
  },
  ...{ arraySize: 3, time: 90_061, program: ['node', 'fys-nn.js', 'slurm-task'], isMade: true },
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fys-nn-script-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  'plain',
  'two words',
  "it's",
  'say "hi"',
  '$HOME `id` $(id)',
  'é 数据 😀',
  'a%Ab',
  'back\\slash',
  '-n',
  'line\nbreak',
  '*?[a]{b,c}~!#&;|<>',
])('a folder called %j gets to the program as it is', (name) => {
  const folder = join(root, name);
  mkdirSync(folder);
  const program = [
    process.execPath,
    '-e',
    'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))',
  ];
  const script = scriptOf(
    { ...facts, folder, directory: folder, command: `fys-nn ${name}`, program },
    settings,
  );
  writeFileSync(join(root, 'job.sh'), script);
  const env = { ...process.env, SLURM_ARRAY_TASK_ID: '5' };
  const printed = execFileSync('bash', [join(root, 'job.sh'), '1000'], { cwd: root, env, encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual([folder, folder, '1005']);
  // A name in a comment begins no line of its own.
  const isOurs =
    /^(#!\/bin\/bash|#( .*)?|#SBATCH --[a-z-]+(=.*)?|cd .*|exec .*|for file in .*| {2}.*|done|)$/;
  const lines = script.split('\n');
  if (!name.includes('\n')) expect(lines.filter((line) => !isOurs.test(line))).toEqual([]);
  // Only a path that Slurm would expand is in the lines that sbatch reads.
  if (!name.includes('%'))
    expect(lines.filter((line) => line.startsWith('#SBATCH')).join()).not.toContain(root);
});

test('a node without the program says so', () => {
  const program = [process.execPath, "/nope/it's/fys-nn.js", 'task'];
  writeFileSync(
    join(root, 'job.sh'),
    scriptOf({ ...facts, folder: root, directory: root, program }, settings),
  );
  const { status, stdout, stderr } = spawnSync('bash', [join(root, 'job.sh'), '0'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 127, stdout: '' });
  expect(stderr).toMatch(
    /^error: \S+ has no \/nope\/it's\/fys-nn\.js; submit with a Node and a fys-nn in folders /,
  );
});

test('the settings are in the lines of sbatch', () => {
  const given = {
    partition: 'main',
    account: 'a b',
    mem: '4G',
    constraint: '[x|y]&z',
    options: ['--qos=long', '--comment=a "b"', '--exclusive'],
  };
  const lines = scriptOf(facts, { ...settings, ...given }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '#SBATCH --time=1-01:01:01',
      '#SBATCH --cpus-per-task=2',
      '#SBATCH --partition=main',
      '#SBATCH --account="a b"',
      '#SBATCH --mem=4G',
      '#SBATCH --constraint=[x|y]&z',
      '#SBATCH --qos=long',
      '#SBATCH --comment="a \\"b\\""',
      '#SBATCH --exclusive',
    ]),
  );
});

// sbatch 22.05 has read the right-hand side as the left-hand side.
test.each([
  ['x y', '"x y"'],
  ['x "y" z', '"x \\"y\\" z"'],
  ["x 'y' z", '"x \'y\' z"'],
  ['a#b c', '"a#b c"'],
  ['a\\b', '"a\\\\b"'],
  ['$HOME `id`', '"$HOME `id`"'],
  ['[rack1|rack2]&x*(3)', '[rack1|rack2]&x*(3)'],
])('%s as a word of sbatch', (text, word) => {
  expect(sbatchWord(text)).toBe(word);
});

test('an array is found by its name', () => {
  const { id } = facts;
  expect(arrayOfName(id, jobName(id, 12))).toBe(12);
  expect(
    ['fys-nn-other-12', 'x', jobName(id, 1).slice(0, -1), `${jobName(id, 1)}x`].map((name) =>
      arrayOfName(id, name),
    ),
  ).toEqual([null, null, null, null]);
  expect([59, 3600, 200_000].map(slurmTime)).toEqual(['0-00:00:59', '0-01:00:00', '2-07:33:20']);
});

test('a script says how to submit it by hand, if its folder is made', () => {
  expect(scriptOf(facts, settings)).toContain('cd /s && sbatch --array=0-2 job.sh 0');
  expect(scriptOf({ ...facts, isMade: false }, settings)).not.toMatch(/by hand|job\.sh/);
});

test('Slurm expands % in the path of a log, so it is written twice there', () => {
  expect(scriptOf({ ...facts, folder: '/a%jb' }, settings)).toContain(
    '#SBATCH --output=/a%%jb/logs/%A_%a.log\n',
  );
  expect(scriptOf(facts, settings)).toContain('#SBATCH --output=logs/%A_%a.log\n');
});
