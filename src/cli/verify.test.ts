import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-verify-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const small = { epochs: [3], samples: [400], learningRate: [0.01] };
const quantity = { experiment: 'ffnn', with: small, statistic: 'test_mse' };
const fair = {
  id: 'fair',
  kind: 'number',
  where: 'here',
  says: 'fair',
  ...quantity,
  value: 0.2,
  readingError: 0.2,
};
const impossible = { ...fair, id: 'impossible', value: -3, significantDigits: 2, readingError: undefined };
const conclusion = {
  ...{ id: 'learns', kind: 'conclusion', where: 'here', says: 'it learns', holds: 'end <= start' },
  quantities: {
    end: { ...quantity, statistic: 'train_mse' },
    start: { ...quantity, statistic: 'train_mse', curve: { epoch: 1 } },
  },
};

const verify = async (claims: unknown, ...args: string[]) =>
  callProgram(await commandLine(claims, args), directory);

async function verifyWith(env: NodeJS.ProcessEnv, claims: unknown, ...args: string[]) {
  return runProgram(await commandLine(claims, args), { cwd: directory, env });
}

async function commandLine(claims: unknown, args: readonly string[]): Promise<string[]> {
  const text = typeof claims === 'string' ? claims : JSON.stringify({ report: { title: 't' }, claims });
  await writeFile(join(directory, 'claims.json'), text);
  return ['verify', '--claims', 'claims.json', '--jobs', '1', '--out', 'results/verify', ...args];
}

const read = (name: string) => readFile(join(directory, 'results/verify', name), 'utf8');

test('what holds ends with 0 and leaves tables, Markdown, JSON and JUnit', async () => {
  const { status, stdout } = await verify([fair, conclusion], '--seeds', '1..12', '--level', '0.9');
  expect(status).toBe(0);
  expect(stdout).toContain('1 holds');
  expect((await readdir(join(directory, 'results/verify'))).sort()).toEqual([
    'certificate.md',
    'certificate.yml',
    'claims.csv',
    'datapackage.json',
    'figures.csv',
    'junit.xml',
    'manifest.json',
    'verdicts.json',
    'verify.json',
    'verify.md',
    'winners.csv',
  ]);
  expect(JSON.parse(await read('verdicts.json'))).toEqual({ fair: 'typical', learns: 'holds' });
  expect(await read('claims.csv')).toMatch(
    /^fair,code,number,.*\nfair,text,number,.*\nlearns,code,conclusion/m,
  );
  expect(await read('junit.xml')).toContain('tests="2" failures="0"');
});

test('--plan counts the seeds and trials and says how long they take; nothing is trained or written', async () => {
  const long = { ...fair, with: { epochs: [100_000] } };
  const { status, stdout } = await verify([long, conclusion], '--seeds', '1..8', '--plan');
  expect(status).toBe(0);
  // Both readings of the report, each with 8 trials of either claim.
  for (const reading of ['code', 'text']) {
    expect(stdout).toMatch(new RegExp(`^ffnn +${reading} +8 +16 +\\d+ \\w+ +[\\d.]+ sd +too few$`, 'm'));
  }
  expect(stdout).toMatch(/^2 claims: 32 trials to run at the first look, in about .+ on 1 worker/m);
  expect(await readdir(directory)).toEqual(['claims.json']);
});

test('what is contradicted ends with 3, unless it was expected; a second call computes nothing and finds the same', async () => {
  const first = await verify([fair, impossible], '--seeds', '1..8');
  expect(first.status).toBe(3);
  expect(first.stderr).toContain('contradicted: impossible');
  const before = await read('claims.csv');
  const journals = await readdir(join(directory, 'results/.trials'));
  await writeFile(join(directory, 'expected.json'), await read('verdicts.json'));
  const second = await verify([fair, impossible], '--seeds', '1..8', '--expect', 'expected.json');
  expect(second.status).toBe(0);
  expect(await read('claims.csv')).toBe(before);
  expect(await readdir(join(directory, 'results/.trials'))).toEqual(journals);
  const third = await verify(
    [fair, { ...impossible, id: 'other' }],
    '--seeds',
    '1..8',
    '--expect',
    'expected.json',
  );
  expect(third.status).toBe(3);
  expect(third.stderr).toContain('contradicted (not expected): other');
});

/** Without noise and training a network of the program is as wrong as its targets are large; the wording centres them. */
const centred = {
  ...fair,
  with: { ...small, samples: [400], formula: ['2+0*x'], learningRate: [1e-9] },
  value: 0.04,
  readingError: 0.004,
};

test('one variant alone: claims about the other are left out, and what it contradicts may have been expected', async () => {
  const own = { ...fair, id: 'own', variant: 'code' };
  const seeds = ['--seeds', '1..8'];
  const both = await verify([centred, own], ...seeds);
  expect(both.status).toBe(0);
  expect(JSON.parse(await read('verdicts.json'))).toEqual({
    fair: { code: 'contradicted', text: 'typical' },
    own: 'typical',
  });
  await writeFile(join(directory, 'expected.json'), await read('verdicts.json'));

  const text = await verify([centred, own], ...seeds, '--variant', 'text');
  expect(text).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('leaves out claims about another variant: own'),
  });
  expect(JSON.parse(await read('verdicts.json'))).toEqual({ fair: 'typical' });
  expect(await read('claims.csv')).not.toContain('own');

  const code = ['--variant', 'code', ...seeds];
  expect((await verify([centred, own], ...code)).status).toBe(3);
  expect((await verify([centred, own], ...code, '--expect', 'expected.json')).status).toBe(0);
  await writeFile(join(directory, 'expected.json'), '{ "fair": { "text": "contradicted" } }');
  const unexpected = await verify([centred, own], ...code, '--expect', 'expected.json');
  expect(unexpected.status).toBe(3);
  expect(unexpected.stderr).toContain('(not expected): fair');
});

test('runs that diverge and runs that are all alike are written, and no pass is made of the former', async () => {
  const wild = { ...fair, id: 'wild', figure: 'F', with: { ...small, learningRate: [1e300] } };
  const alike = { ...fair, id: 'alike', statistic: 'hidden_layers', value: 1, readingError: 0.5 };
  const claims = [wild, alike];
  const { status, stdout } = await verify(claims, '--seeds', '1..12', '--variant', 'code', '--json');
  expect(status).toBe(3);
  expect(JSON.parse(stdout).numbers).toMatchObject([
    { verdict: 'contradicted', evidence: [{ values: Array(12).fill('diverged'), method: 'few' }] },
    { verdict: 'typical', evidence: [{ values: Array(12).fill(1), method: 'equal' }] },
  ]);
  expect(await read('claims.csv')).toMatch(/^wild,.*,12,12,,/m);
  expect(await read('verify.md')).toContain('12 of 12 runs diverged');
  expect(await read('junit.xml')).toMatch(/wild[\s\S]*12 of 12 runs diverged/);
});

test('one seed decides nothing: undecided, and 0', async () => {
  const { status, stdout } = await verify([fair, conclusion], '--seeds', '1');
  expect(status).toBe(0);
  expect(stdout).toContain('undecided: fair, learns');
});

test('without --seeds an experiment is looked at until its claims are settled, and --plan says so', async () => {
  const plan = await verify([fair, conclusion], '--variant', 'code', '--plan');
  expect(plan.status).toBe(0);
  expect(plan.stdout).toMatch(/ffnn +code +11 to 50 .* sd +45 of 50$/m);
  expect(existsSync(join(directory, 'results'))).toBe(false);
  const { status, stdout } = await verify([{ ...fair, readingError: 1e3 }, conclusion], '--variant', 'code');
  expect(status).toBe(0);
  expect(stdout).toContain('11 seeds');
  expect(await read('claims.csv')).toMatch(/^fair,code,.*,11,0,/m);
  const unsettled = await verify([{ ...fair, value: 0.01, readingError: 0.001 }], '--variant', 'code');
  expect(unsettled.status).toBe(3);
  expect(unsettled.stdout).toContain('50 seeds');
});

test('what another library would have to compute is not run where it is absent, and a note says why', async () => {
  const regressor = {
    ...{ id: 'sklearn', kind: 'number', where: 'here', says: 'its regressor', value: 0.1, readingError: 0.1 },
    ...{ experiment: 'grid-search ols', statistic: 'bootstrap_mse', select: { reference: 'sklearn' } },
    with: { reference: ['sklearn'], epochs: [1], samples: [40], batchSize: [5], learningRate: [0.1] },
  };
  const noPython = { FYS_NN_PYTHON: '/nonexistent' };
  const { status, stderr } = await verifyWith(noPython, [fair, regressor], '--seeds', '1..4');
  expect(stderr).toMatch(/note: .*is not installed/);
  expect(stderr).toContain('not run: sklearn');
  expect(status).toBe(4);
  // Known from an earlier run, it is accepted: the library is optional.
  await writeFile(join(directory, 'expected.json'), '{ "fair": "holds", "sklearn": "holds" }');
  const accepted = await verifyWith(
    noPython,
    [fair, regressor],
    ...['--seeds', '1..4', '--expect', 'expected.json'],
  );
  expect(accepted.status).toBe(0);
});

test('--variant both names the single choice that recovers a number', async () => {
  const { status } = await verify([centred], '--seeds', '1..8', '--variant', 'both');
  expect(status).toBe(0);
  expect(await read('verify.md')).toMatch(/under some readings only[\s\S]*text, centerTargets yes/);
});

test.each<[string, unknown, string[], RegExp]>([
  ['a file that is no JSON', '{', [], /claims\.json:1:2/],
  ['an unknown experiment', [{ ...fair, experiment: 'fnn' }], [], /did you mean ffnn/],
  ['an unknown statistic', [{ ...fair, statistic: 'mse' }], [], /unknown statistic mse/],
  ['a cell that is not there', [{ ...fair, select: { lambda: 3 } }], [], /no cell of ffnn/],
  ['a condition that is none', [{ ...conclusion, holds: 'end <' }], [], /claim learns: holds/],
  ['a condition that is a number', [{ ...conclusion, holds: 'end + 1' }], [], /received: "end \+ 1"/],
  ['a condition with a foreign name', [{ ...conclusion, holds: 'process > 1' }], [], /claim learns: holds/],
  ['no seeds', [fair], ['--seeds', ''], /--seeds is empty/],
  ['seeds that are none', [fair], ['--seeds', 'x'], /error: --seeds is/],
  ['seeds on MNIST that are none', [fair], ['--mnist-seeds', '1,-1'], /error: --mnist-seeds is/],
  ['no time', [fair], ['--max-time', '0'], /--max-time is out of range/],
  ['a negative time', [fair], ['--max-time', '-1'], /--max-time is out of range/],
  ['a time in words', [fair], ['--max-time', 'long'], /--max-time/],
  ['a level of 0', [fair], ['--level', '0'], /--level is out of range/],
  ['a level of 1', [fair], ['--level', '1'], /--level is out of range/],
  ['a level in percent', [fair], ['--level', '99'], /write --level 0.99/],
  ['a level in words', [fair], ['--level', 'high'], /--level/],
  ['seeds of a quick run', [fair], ['--quick', '--seeds', '1'], /--quick and --seeds exclude each other/],
  ['a plan of a calibration', [fair], ['--plan', '--calibrate'], /--plan and --calibrate exclude each other/],
  ['a calibration in a hurry', [fair], ['--calibrate', '--max-time', '1'], /--calibrate and --max-time/],
  ['an unknown variant', [fair], ['--variant', 'neither'], /--variant/],
  ['an expectation that is none', [fair], ['--expect', 'claims.json'], /--expect/],
  ['no claim about the variant', [{ ...fair, variant: 'code' }], ['--variant', 'text'], /no claim is about/],
])('%s: exit 2, and nothing is written', async (_name, claims, args, pattern) => {
  const { status, stderr } = await callProgram(await commandLine(claims, args), directory);
  expect(stderr).toMatch(pattern);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(2);
  expect(existsSync(join(directory, 'results'))).toBe(false);
});

test('trials that fail are tried again as often as asked, and a verification that lacks them ends with 1', async () => {
  const environment = { FYS_NN_FAULT: 'throw:2:2' };
  const seeds = ['--seeds', '1..3'];
  const failed = await verifyWith(environment, [fair], ...seeds, '--retries', '0', '--fail-fast');
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatch(/error: trial t[0-9a-f]{15} failed: .*thrown/);
  expect(failed.stderr).not.toContain('retried');
  const again = await verifyWith(environment, [fair], ...seeds, '--retries', '2');
  expect({ status: again.status, stderr: again.stderr }).toEqual({
    status: 0,
    stderr: expect.stringContaining('failed and will be retried'),
  });
});

test.each([
  ['--timeout', '0', 'seconds > 0'],
  ['--max-failures', '0', 'a whole number from 1'],
  ['--jobs', 'x', 'a whole number from 1'],
])('%s %s is refused, whatever the store has', async (flag, value, expected) => {
  const { status, stderr } = await callProgram(await commandLine([], [flag, value]), directory);
  expect(status).toBe(2);
  expect(stderr).toContain(flag);
  expect(stderr).toContain(expected);
});

test('damage in the store is named, and what it hit is computed again', async () => {
  await verify([fair], '--seeds', '1..3');
  const store = join(directory, 'results/.trials');
  const [journal] = (await readdir(store)).filter((name) => name.endsWith('.jsonl'));
  const lines = (await readFile(join(store, journal), 'utf8')).split('\n');
  await writeFile(
    join(store, journal),
    [lines[0].replace('"seconds":', '"seconds":1'), ...lines.slice(1)].join('\n'),
  );
  const { status, stderr } = await verify([fair], '--seeds', '1..3', '--quiet');
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /note: the store results.\.trials: journal-.*: line 1 was changed after it was written/,
  );
});
