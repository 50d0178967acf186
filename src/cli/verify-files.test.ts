import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
const at = (name: string) => join(directory, name);
const call = (...args: string[]) => callProgram(args, directory);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-verify-files-'));
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${3 * i + ((i * i) % 5)}`);
  await writeFile(at('line.csv'), ['x,y', ...rows].join('\n'));
  const settings = 'settings: { solver: closed-form, hidden: none, lambda: [0, 100] }';
  await writeFile(
    at('line.yaml'),
    `data: line.csv\ntarget: "y"\ntask: regression\n${settings}\nclaims: claims.yaml`,
  );
  await writeFile(at('net.yaml'), 'extends: ffnn\nname: a net\nsettings: { samples: 60, epochs: 3 }');
  await writeFile(
    at('claims.yaml'),
    `report: { title: mine }
claims:
  - { id: worse, kind: conclusion, where: p. 1, says: a large penalty is worse, holds: large > none, quantities: {
        none: { experiment: line, select: { lambda: 0 }, statistic: test_mse },
        large: { experiment: line, select: { lambda: 100 }, statistic: test_mse } } }
  - { id: far, kind: number, where: p. 2, says: the MSE, experiment: a net, statistic: test_mse, value: 1000, decimals: 0 }
`,
  );
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const verdictsIn = async (folder: string) =>
  Object.fromEntries(
    (await readFile(at(`${folder}/claims.csv`), 'utf8'))
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => [/worse|far/.exec(line)?.[0], /contradicted|holds|typical|undecided/.exec(line)?.[0]]),
  );

test('claims about own experiments on several data are judged over seeds', async () => {
  const { status, stderr, stdout } = await call(
    'verify',
    'line.yaml',
    'net.yaml',
    '--seeds',
    '1..11',
    '--out',
    'v',
    '--quiet',
  );
  expect(stderr).toBe('contradicted: far\n');
  expect(status).toBe(3);
  expect(stdout).toContain('contradicted');
  expect(await verdictsIn('v')).toEqual({ worse: 'holds', far: 'contradicted' });
  const explained = await call('verify', 'explain', 'worse', '--from', 'v');
  expect([explained.status, explained.stdout]).toEqual([0, expect.stringContaining('worse: holds')]);
  const certificate = await readFile(at('v/certificate.md'), 'utf8').catch(() => '');
  if (certificate !== '') expect(certificate).toContain('verify line.yaml net.yaml');
});

test('a plan says what would be run', async () => {
  const { status, stdout } = await call('verify', 'line.yaml', 'net.yaml', '--plan');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^line +code/m)]);
});

describe('refused', () => {
  test.each<[string[], RegExp]>([
    [['net.yaml'], /nothing says what is claimed[\s\S]*--claims claims\.yaml/],
    [['line.yaml'], /claims\.yaml:6:5: claim far: experiment/],
    [['line.yaml', '--init'], /no effect with --init/],
    [['line.yaml', '--runs', 'runs.csv'], /no effect with --runs/],
    [['line.yaml', 'line.yaml'], /have the same name/],
    [['no.yaml'], /no\.yaml: there is no such file/],
    [['explian'], /verify has no such command[\s\S]*did you mean explain\?/],
  ])('verify %j', async (args, message) => {
    const { status, stdout, stderr } = await call('verify', ...args, '--quick');
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});
