import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { allExperiments } from '../../experiments/index.ts';
import { experimentJsonSchema } from '../experiment/file-schema.ts';
import { packageFolder } from '../files/package-folder.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-init-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (...args: string[]) => callProgram(args, directory);
const text = (name: string) => readFile(join(directory, name), 'utf8');

async function plannedIds(...args: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await call(...args, '--plan', '--json', '--quiet');
  expect([status, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout).trials as { trial: string }[]).map(({ trial }) => trial);
}

test.each(allExperiments.map(({ name }) => name))(
  'what is written from %s is the same trials',
  async (name) => {
    const file = `from-${name}`;
    const { status, stderr } = await call('init', file, '--from', name);
    expect([status, stderr]).toEqual([0, expect.stringContaining(`fys-nn run`)]);
    expect(await plannedIds('run', `${file}.yaml`)).toEqual(await plannedIds(...name.split(' ')));
    expect(await plannedIds('run', `${file}.yaml`, '--quick')).toEqual(
      await plannedIds(...name.split(' '), '--quick'),
    );
  },
);

test('a quick look is that of the experiment', async () => {
  await call('init', 'quick', '--from', 'randomnet');
  expect(await plannedIds('run', 'quick.yaml', '--quick')).toEqual(await plannedIds('randomnet', '--quick'));
});

test.each([['franke'], ['mnist']])('what is written about %s is what train would do', async (data) => {
  await call('init', `of-${data}`, '--data', data);
  expect(await plannedIds('run', `of-${data}.yaml`)).toEqual(await plannedIds('train', '--data', data));
  expect(await plannedIds('run', `of-${data}.yaml`, '--quick')).toEqual(
    await plannedIds('train', '--data', data, '--quick'),
  );
});

test('every comment of a setting is a setting once its # is removed', async () => {
  await call('init', 'all', '--from', 'grid-search lasso');
  const written = (await text('all.yaml')).replaceAll(/^ {2}# (\w+: )(?=\S+$)/gm, '  $1');
  await writeFile(join(directory, 'used.yaml'), written);
  expect(written.match(/^ {2}\w+: /gm)!.length).toBeGreaterThan(40);
  expect(await plannedIds('run', 'used.yaml')).toEqual(await plannedIds('grid-search', 'lasso'));
});

test('data are named from the file, and the schema is next to it', async () => {
  await mkdir(join(directory, 'deep/er'), { recursive: true });
  await writeFile(join(directory, 'houses, old.csv'), `a,b\n${'1,2\n3,4\n5,7\n'.repeat(10)}`);
  const { stderr } = await call('init', 'deep/er/x', '--data', 'houses, old.csv', '--target', 'b');
  expect(stderr).toMatch(/^wrote deep\/er\/x\.yaml; /);
  const written = await text('deep/er/x.yaml');
  expect(written).toMatch(/^# yaml-language-server: \$schema=fys-nn\.schema\.json\n/);
  expect(written).toContain('\ndata: "../../houses, old.csv"\n');
  expect(written).toContain('\ntarget: b\n');
  expect(await readdir(join(directory, 'deep/er'))).toEqual(['fys-nn.schema.json', 'x.yaml']);
  const ids = await plannedIds('run', 'deep/er/x.yaml');
  expect(ids).toEqual(await plannedIds('train', '--data', 'houses, old.csv', '--target', 'b'));
});

test('a name that is taken is not that of the results', async () => {
  await call('init', 'mnist');
  expect(await text('mnist.yaml')).toContain('\nname: my-mnist #');
  expect((await call('run', 'mnist.yaml', '--plan')).status).toBe(0);
});

test('the bundled schema is that of this version', async () => {
  const names = allExperiments.map(({ name }) => name);
  const bundled = await readFile(join(packageFolder, 'data/experiment.schema.json'), 'utf8');
  expect(JSON.parse(bundled)).toEqual(experimentJsonSchema(names));
});

test('a schema of an earlier version is replaced, another file of its name is not', async () => {
  await mkdir(join(directory, 'other'));
  await writeFile(join(directory, 'other/fys-nn.schema.json'), '{"$id":"urn:fys-nn:experiment"}');
  await call('init', 'other/one');
  expect(JSON.parse(await text('other/fys-nn.schema.json')).properties).toBeDefined();
  await writeFile(join(directory, 'other/fys-nn.schema.json'), 'mine');
  expect((await call('init', 'other/two')).stderr).toContain('is left as it is');
  expect(await text('other/fys-nn.schema.json')).toBe('mine');
});

describe('refused', () => {
  test.each<[string[], RegExp]>([
    [['x.json'], /write fys-nn init x\n/],
    [[''], /has no name that can be used/],
    [['a\nb'], /has no name that can be used/],
    [['nowhere/x'], /nowhere\/x\.yaml cannot be written: .*no such/],
    [['x', '--from', 'mnits'], /did you mean mnist\?/],
    [['x', '--from', 'mnist', '--data', 'franke'], /exclude each other/],
    [['x', '--data', 'no.csv'], /there are no data/],
    [['x', '--from', 'mnist', '--target', 'y'], /exclude each other/],
  ])('%j', async (args, message) => {
    const before = await readdir(directory);
    const { status, stderr } = await call('init', ...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(await readdir(directory)).toEqual(before);
  });

  test('a file that is there', async () => {
    await writeFile(join(directory, 'mine.yaml'), 'mine');
    expect((await call('init', 'mine')).stderr).toContain('mine.yaml already exists, and is left as it is');
    expect(await text('mine.yaml')).toBe('mine');
  });
});
