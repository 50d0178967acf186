import * as realFs from 'node:fs/promises';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as realImageFolder from '../datasets/image-folder.ts';
import { mnistSha256 } from '../datasets/known-images.ts';
import { UserError } from '../errors.ts';
import * as realKernels from '../kernels/index.ts';

// Each check on a machine where all is right, and on one that is made up to have the fault.

let freeMebibytes = 5000;
let syncRefusal: string | null = null;
jest.unstable_mockModule('node:fs/promises', () => ({
  ...realFs,
  statfs: async () => ({ bavail: freeMebibytes * 256, bsize: 4096 }),
  open: async (path: string, flags: string) => {
    const file = await realFs.open(path, flags);
    if (syncRefusal !== null) {
      const error = Object.assign(new Error(syncRefusal), { code: syncRefusal });
      file.sync = () => Promise.reject(error);
    }
    return file;
  },
}));

let kernels = { inUse: 'wasm', vectors: true };
jest.unstable_mockModule('../kernels/index.ts', () => ({
  ...realKernels,
  kernelsInUse: () => kernels.inUse,
  hasVectors: () => kernels.vectors,
}));

let sha256 = 'a'.repeat(64);
jest.unstable_mockModule('../datasets/image-folder.ts', () => ({
  ...realImageFolder,
  readImages: async () => ({
    rows: 70_000,
    columns: 784,
    classes: 10,
    sha256,
    inputs: [],
    targets: [],
    labels: [],
    occurring: [9],
    notes: [],
  }),
}));

const libraries: Record<string, object> = {};
jest.unstable_mockModule('../references/index.ts', () => ({
  libraries: {
    sklearn: { title: 'scikit-learn', find: async () => libraries.sklearn },
    tfjs: { title: 'TensorFlow.js', find: async () => libraries.tfjs },
  },
}));

const { checkDisk } = await import('./check-disk.ts');
const { checkMachine, checkReferences, nodeCheck } = await import('./check-machine.ts');
const { checkData } = await import('./check-data.ts');
const { checkGolden } = await import('./check-golden.ts');
const { settled } = await import('./check.ts');

const pipe = { isTTY: false } as NodeJS.WriteStream;
const screen = (columns: number, depth: number) =>
  ({ isTTY: true, columns, hasColors: () => depth > 1, getColorDepth: () => depth }) as NodeJS.WriteStream;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-checks-'));
});
afterEach(async () => {
  freeMebibytes = 5000;
  syncRefusal = null;
  kernels = { inUse: 'wasm', vectors: true };
  sha256 = 'a'.repeat(64);
  await rm(folder, { recursive: true });
});

describe('the disk', () => {
  const named = async (what: string, store = join(folder, 'a/b')) =>
    (await checkDisk(store)).find((check) => check.what === what)!;

  test('that takes files, has room and accepts fsync is right, and nothing stays behind', async () => {
    const checks = await checkDisk(join(folder, 'a/b'));
    expect(checks.map(({ what, state }) => [what, state])).toEqual([
      ['store', 'ok'],
      ['free disk', 'ok'],
      ['fsync', 'ok'],
    ]);
    expect(checks.some(({ remedy }) => remedy !== undefined)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    [1024, 'ok', '1.0 GiB'],
    [1023, 'warning', '1023 MiB'],
    [50, 'warning', '50 MiB'],
    [49, 'wrong', '49 MiB'],
    [0, 'wrong', '0 MiB'],
  ])('with %i MiB free is %s', async (mebibytes, state, found) => {
    freeMebibytes = mebibytes;
    const check = await named('free disk');
    expect(check).toMatchObject({ state, found });
    expect(check.remedy === undefined).toBe(state === 'ok');
  });

  test('that refuses fsync is a warning with the reason, and nothing stays behind', async () => {
    syncRefusal = 'EINVAL';
    expect(await named('fsync')).toMatchObject({
      ...{ state: 'warning', found: 'refused: system error EINVAL' },
      remedy: expect.stringContaining('local disk'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a store that is a file is refused', async () => {
    await writeFile(join(folder, 'store'), '');
    await expect(checkDisk(join(folder, 'store'))).rejects.toThrow(UserError);
  });
});

describe('the machine', () => {
  const named = (what: string, stdout = pipe) => checkMachine(stdout).find((check) => check.what === what)!;

  test('of today is right in all', () => {
    const checks = checkMachine(pipe);
    expect(checks.map(({ what }) => what)).toEqual(['fys-nn', 'Node', 'processor', 'kernels', 'terminal']);
    expect(checks.every(({ state, remedy }) => state === 'ok' && remedy === undefined)).toBe(true);
  });

  test.each([
    ['18.20.1', 'wrong'],
    ['9.0.0', 'wrong'],
    ['20.0.0', 'ok'],
    ['100.0.0', 'ok'],
  ])('with Node %s is %s', (node, state) => {
    const check = nodeCheck(node);
    expect(check.state).toBe(state);
    expect(check.found).toContain(node);
    expect(check.remedy).toBe(state === 'ok' ? undefined : 'install Node 20 or newer');
  });

  test.each([
    [true, 'set by FYS_NN_KERNELS', 'unset FYS_NN_KERNELS'],
    [
      false,
      'this engine has no vector instructions',
      'use a processor and a version of Node that support WebAssembly SIMD',
    ],
  ])(
    'with the reference kernels where vectors are there or not (%p) is a warning',
    (vectors, why, remedy) => {
      kernels = { inUse: 'reference', vectors };
      expect(named('kernels')).toMatchObject({
        state: 'warning',
        found: expect.stringContaining(why),
        remedy,
      });
    },
  );

  test.each([
    [pipe, 'standard output is not a terminal: no colours'],
    [screen(80, 8), '80 columns, 256 colours'],
    [screen(132, 1), '132 columns, no colours'],
  ])('says what the terminal shows', (stdout, found) => {
    expect(named('terminal', stdout)).toMatchObject({ state: 'ok', found });
  });
});

test('other libraries are named with their version, or why they are left out', async () => {
  libraries.sklearn = { versions: { version: '1.7.2' } };
  libraries.tfjs = { absent: { reason: 'it is not there' } };
  expect(await checkReferences()).toEqual([
    { what: 'scikit-learn (optional)', state: 'ok', found: '1.7.2' },
    {
      ...{ what: 'TensorFlow.js (optional)', state: 'ok' },
      found: 'not installed (it is not there): what it would train is left out',
    },
  ]);
});

test.each([
  [null, mnistSha256, 'ok', undefined],
  [null, 'b'.repeat(64), 'wrong', 'install fys-nn again'],
  ['digits', mnistSha256, 'ok', undefined],
  ['digits', 'b'.repeat(64), 'warning', 'get the four files again'],
])('MNIST of %p, with SHA-256 %p, is %s', async (dataDir, digest, state, remedy) => {
  sha256 = digest;
  const check = await checkData(dataDir, mnistSha256);
  expect(check).toMatchObject({ what: dataDir === null ? 'MNIST' : 'images in digits', state });
  expect(check.found).toContain(digest.slice(0, 16));
  if (remedy === undefined) expect(check.remedy).toBeUndefined();
  else expect(check.remedy).toContain(remedy);
});

describe('small runs', () => {
  const good = {
    name: 'a',
    experiment: 'ffnn',
    options: { epochs: '1', samples: '20' },
    sha256: '0'.repeat(64),
  };
  const columns = ['train_mse', 'test_mse'];

  test('a run that cannot be made is named with its error, another hash with both', async () => {
    const bad = { ...good, name: 'b', options: { ...good.options, formula: 'z' } };
    const checks = await checkGolden({ mnist: '', columns, cases: [good, bad] }, []);
    expect(checks.map(({ what }) => what)).toEqual([
      'same numbers, WebAssembly kernels',
      'same numbers, plain reference kernels',
    ]);
    for (const { state, found, remedy } of checks) {
      expect(state).toBe('wrong');
      expect(found).toMatch(/^a: [0-9a-f]{16} instead of 0{16}; b: .*unknown name z/s);
      expect(remedy).toContain('install fys-nn again');
    }
    // Both kernels give the same bytes, so the right hash is right for both.
    const [{ found }] = checks;
    expect(checks[1].found).toBe(found);
  });

  test('where the engine has no vectors only the reference is tried', async () => {
    kernels.vectors = false;
    const checks = await checkGolden({ mnist: '', columns, cases: [good] }, []);
    expect(checks.map(({ what }) => what)).toEqual(['same numbers, plain reference kernels']);
  });
});

describe('settled', () => {
  test('gives what an action finds, one or several', async () => {
    const ok = { what: 'x', state: 'ok', found: 'y' } as const;
    expect(await settled('name', async () => ok)).toEqual([ok]);
    expect(await settled('name', async () => [ok, ok])).toEqual([ok, ok]);
  });

  test('makes an error one line that is wrong, with its remedy apart', async () => {
    const fail = async () => {
      throw new UserError({ what: 'it is bad', expected: 'good', received: 'bad', remedy: 'make it good' });
    };
    expect(await settled('name', fail)).toEqual([
      {
        ...{ what: 'name', state: 'wrong', remedy: 'make it good' },
        found: 'it is bad; expected: good; received: "bad"',
      },
    ]);
    const crash = async () => {
      throw new Error('boom');
    };
    expect(await settled('name', crash)).toEqual([{ what: 'name', state: 'wrong', found: 'boom' }]);
  });
});
