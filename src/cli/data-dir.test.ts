import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noise, writeImages } from '../datasets/image-files.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-data-dir-'));
  await writeImages(join(directory, 'letters'));
  await writeImages(join(directory, 'packed'), {}, {}, { gzip: true });
  await writeImages(join(directory, 'dark'), { pixel: (...at) => noise.pixel(...at) >> 4 });
  await writeImages(join(directory, 'upright'), { width: 4 });
  await writeImages(join(directory, 'lying'), {
    height: 4,
    width: 6,
    pixel: (row, y, x) => noise.pixel(row, x, y),
  });
  await symlink(join(directory, 'letters'), join(directory, 'link'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (...args: string[]) => callProgram(args, directory);

const small = ['mnist', '--test-size', '20', '--batch-size', '20', '--epochs', '2', '--no-figures'];

async function resultsOf(dataDir: string, ...more: string[]) {
  const out = `out ${[dataDir, ...more].join(' ').replaceAll('/', '_')}`;
  const { status, stdout, stderr } = await call(...small, '--data-dir', dataDir, ...more, '--out', out);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('wrote') });
  const read = async (name: string) => await readFile(join(directory, out, name), 'utf8');
  const { data } = JSON.parse(await read('manifest.json'));
  return { stdout, stderr, data, trials: await read('trials.csv'), curves: await read('curves.csv') };
}

describe('data from a folder', () => {
  test('are the same whatever the folder is called, plain or packed, with a name or without', async () => {
    const plain = await resultsOf('letters');
    const others = [
      await resultsOf('packed'),
      await resultsOf('./link/'),
      await resultsOf('letters', '--data-name', 'My letters'),
    ];
    for (const { trials, curves } of others) {
      expect({ trials, curves }).toEqual({ trials: plain.trials, curves: plain.curves });
    }
    expect([plain, ...others].map(({ data: [{ label }] }) => label)).toEqual([
      'letters',
      'packed',
      'link',
      'My letters',
    ]);
    expect(plain.data).toEqual([
      {
        dataset: 'images',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        transpose: false,
        name: `sha256:${plain.data[0].sha256.slice(0, 12)}`,
        label: 'letters',
        title: `images "letters" (${plain.data[0].name})`,
        source: null,
        license: null,
        isReports: false,
        isDigits: false,
        columns: 36,
        classes: 10,
      },
    ]);
    expect(plain.trials.split('\n')[1]).toContain(`,${plain.data[0].name},`);
    expect(plain.stdout.replaceAll('\n', ' ')).toContain(plain.data[0].title);
    expect(plain.stdout).not.toContain('MNIST');
  });

  test('are scaled by their largest pixel where that is small, and the note says so', async () => {
    const { stderr, trials } = await resultsOf('dark');
    expect(stderr).toMatch(/^note: the pixels go up to 15, so they are divided by 15: --scale max$/m);
    const [header, row] = trials.split('\n').map((line) => line.split(','));
    expect(row[header.indexOf('scale')]).toBe('max');
    const chosen = await call(...small, '--data-dir', 'dark', '--scale', 'none', '--out', 'chosen');
    expect(chosen.stderr).not.toContain('the pixels');
  });

  test('transposed are the images as they stand upright: the same export, the same losses', async () => {
    const upright = await resultsOf('upright', '--transpose', 'no');
    const lying = await resultsOf('lying', '--transpose');
    expect(lying.data[0]).toMatchObject({ transpose: true, title: expect.stringMatching(/, transposed\)$/) });
    const csv = async (dataDir: string, ...more: string[]) => {
      const { status } = await call(
        'data',
        'export',
        'images',
        '--data-dir',
        dataDir,
        ...more,
        '--out',
        'csv',
      );
      expect(status).toBe(0);
      return await readFile(join(directory, 'csv/train.csv'), 'utf8');
    };
    expect(await csv('lying', '--transpose')).toBe(await csv('upright'));
    const losses = ({ trials }: typeof upright) => trials.split('\n')[1].split(',').slice(-4);
    expect(losses(lying)).toEqual(losses(upright));
  });
});

describe('defaults fit the data, and a note says so', () => {
  const plan = async (...args: string[]) => {
    const { status, stdout, stderr } = await call(...args, '--data-dir', 'letters', '--plan', '--json');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return { split: splitsOf(JSON.parse(stdout)), stderr };
  };
  type Printed = { trials: { settings: { samples: unknown; testSize: unknown } }[] };
  /** Samples and test sizes of all trials of the plans, each pair once. */
  const splitsOf = (printed: Printed | Printed[]) => [
    ...new Set(
      [printed]
        .flat()
        .flatMap(({ trials }) =>
          trials.map(({ settings: { samples, testSize } }) => `${samples} ${testSize}`),
        ),
    ),
  ];

  test.each<[string[], string, RegExp]>([
    [['mnist'], 'all 20', /^note: test rows: 20 of 80 in place of 10000, as in the data's own split$/m],
    [['logistic'], 'all 20', /test rows: 20 of 80/],
    [['mnist', '--quick'], 'all 20', /^note: rows: all 80 in --data-dir, .* 14000; test rows: 20 of 80/m],
    [['mnist', '--split', 'canonical'], 'all 20', /test rows: 20 of 80/],
    [['mnist', '--samples', '40'], '40 10', /test rows: 10 of 40/],
    [['mnist', '--quick', '--test-size', '0.5'], 'all 0.5', /^note: rows: all 80 in --data-dir, [^;]*$/m],
  ])('%j', async (args, rows, note) => {
    const { split, stderr } = await plan(...args, '--batch-size', '10');
    expect(split).toEqual([rows]);
    expect(stderr).toMatch(note);
    expect(stderr.match(/rows:/g)!.length).toBeLessThanOrEqual(2);
  });

  test('in a report too, which has no options for rows', async () => {
    for (const quick of [[], ['--quick']]) {
      const { split, stderr } = await plan('report', ...quick);
      expect(split).toContain('all 20');
      expect(stderr).toMatch(/test rows: 20 of 80/);
      expect(stderr).not.toMatch(/--samples|--test-size/);
    }
  });

  test('what the user gives is never changed', async () => {
    for (const given of [
      ['--samples', '14000'],
      ['--test-size', '10000'],
    ]) {
      const { status, stderr } = await call('mnist', '--data-dir', 'letters', ...given);
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(`${given[0]} `) });
    }
  });
});

describe('refused with exit 2 and nothing written', () => {
  test.each<[string[], RegExp]>([
    [['mnist', '--data-dir', ''], /--data-dir is empty/],
    [['report', '--data-dir', ''], /--data-dir is empty/],
    [['verify', '--data-dir', ''], /--data-dir is empty/],
    [['doctor', '--data-dir', ''], /--data-dir is empty/],
    [['data', 'export', 'images', '--data-dir', ''], /--data-dir is empty/],
    [['mnist', '--data-name', 'x'], /--data-name names the data of --data-dir/],
    [['mnist', '--data-dir', 'letters', '--data-name', 'two\nlines'], /--data-name cannot be used/],
    [['mnist', '--data-dir', 'letters', '--data-name', 'x'.repeat(61)], /1 to 60 printable/],
    [['verify', '--data-dir', 'letters'], /not the report's data[\s\S]*images \\"letters\\"/],
    [['data', 'export', 'mnist', '--data-dir', 'letters'], /is bundled[\s\S]*write images instead/],
    [['ffnn', '--data-dir', 'letters'], /--data-dir/],
    [['ffnn', '--scale', 'pixels'], /--scale/],
    [['mnist', '--data-dir', 'letters', '--scale', 'minmx'], /--scale/],
  ])('%j', async (args, message) => {
    const before = await readdir(directory);
    const { status, stdout, stderr } = await call(...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(await readdir(directory)).toEqual(before);
  });
});

test('what a dataset is and who made it is said when it is exported', async () => {
  const { stderr } = await call('data', 'export', 'mnist', '--first', '2', '--out', 'mnist');
  expect(stderr).toMatch(/^MNIST; source: Y. LeCun/);
  const other = await call('data', 'export', 'images', '--data-dir', 'letters', '--out', 'mnist');
  expect(other.stderr).toMatch(/^images "letters" \(sha256:[0-9a-f]{12}\)\n$/);
  expect((await call('data', 'list')).stdout).toContain('Fashion-MNIST');
});
