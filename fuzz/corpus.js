// Creates valid input of every kind for the fuzzer to damage, with the program itself where possible.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './outcome.js';

const traces = fileURLToPath(new URL('../data/fixtures/traces/', import.meta.url));

const small = { epochs: [2], samples: [40] };
const quantity = { experiment: 'ffnn', with: small, statistic: 'test_mse' };
const claims = {
  report: { title: 'a report' },
  claims: [
    {
      id: 'a',
      kind: 'number',
      where: 'w',
      figure: 'f',
      says: 's',
      ...quantity,
      value: 0.2,
      significantDigits: 2,
    },
    {
      id: 'b',
      kind: 'number',
      where: 'w',
      says: 's',
      ...quantity,
      select: { samples: 40 },
      take: 'min',
      by: 'train_mse',
      value: 1,
      readingError: 0.5,
    },
    {
      ...{
        id: 'c',
        kind: 'conclusion',
        where: 'w',
        says: 's',
        holds: 'late <= early',
        for: { momentum: [0] },
      },
      quantities: { late: quantity, early: { ...quantity, statistic: 'train_mse', curve: { epoch: 1 } } },
    },
  ],
};
const expectation = { a: 'holds', b: 'contradicted', c: 'depends on the seed' };

/** Creates a folder of valid input: store/, results/, data/, traces/, claims.json, expectation.json. */
export async function makeCorpus(folder) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'claims.json'), JSON.stringify(claims));
  writeFileSync(join(folder, 'expectation.json'), JSON.stringify(expectation));
  mkdirSync(join(folder, 'traces'));
  for (const name of readdirSync(traces)) {
    if (readFileSync(join(traces, name)).length < 20_000)
      cpSync(join(traces, name), join(folder, 'traces', name));
  }
  for (const [part, rows] of [
    ['train', 20],
    ['t10k', 8],
  ]) {
    writeFileSync(
      join(folder, `data/${part}-images-idx3-ubyte`),
      idx([rows, 4, 4], (i) => (i * 37) % 256),
    );
    writeFileSync(
      join(folder, `data/${part}-labels-idx1-ubyte`),
      idx([rows], (i) => i % 10),
    );
  }
  const runs = [
    [
      'verify',
      '--claims',
      'claims.json',
      '--seeds',
      '1..3',
      '--variant',
      'code',
      '--jobs',
      '1',
      '--store',
      'store',
    ],
    [
      'ffnn',
      '--epochs',
      '2',
      '--samples',
      '40',
      '--jobs',
      '1',
      '--store',
      'store',
      '--quiet',
      '--out',
      'results/ffnn',
    ],
  ];
  for (const args of runs) {
    const { status, stderr } = await runProgram(args, folder);
    if (status !== 0 && status !== 3)
      throw new Error(`the corpus could not be created: ${args.join(' ')}: ${stderr}`);
  }
  return folder;
}

function idx(sizes, valueAt) {
  const count = sizes.reduce((product, size) => product * size, 1);
  const bytes = Buffer.alloc(4 + 4 * sizes.length + count);
  bytes.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, i) => {
    bytes.writeUInt32BE(size, 4 + 4 * i);
  });
  for (let i = 0; i < count; i++) bytes[4 + 4 * sizes.length + i] = valueAt(i);
  return bytes;
}
