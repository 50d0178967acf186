// The entry points for hostile input. Each target writes files to a directory and returns a command line.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { allExperiments } from '../dist/experiments/index.js';
import { optionsOf } from '../dist/src/experiment/define.js';
import { flagOf } from '../dist/src/experiment/options.js';
import { changedBytes, changedJsonText, pick, word } from './mutate.js';

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const verify = ['verify', '--seeds', '1..3', '--variant', 'code', '--jobs', '1', '--store', 'store'];

/** The beginnings of files that are found in place of others. */
const otherFiles = [
  '<!doctype html>',
  '<?xml ',
  'version https://git-lfs.github.com/spec/v1\n',
  'PK\x03\x04',
  '\x1f\x8b',
  '',
];

const fixtures = fileURLToPath(new URL('../data/fixtures/', import.meta.url));
const namesIn = (folder, pattern) => readdirSync(join(fixtures, folder)).filter((name) => pattern.test(name));

/** Good files of every format of tables and terrains: [name, content]. */
const dataFiles = [
  ['iris.csv', readFileSync(join(fixtures, '../tables/iris.csv'))],
  ...Object.entries(readJson(fixtures, 'npy/tables.json')).map(([name, base64], place) => [
    `${place}-${name.replaceAll(/\W+/g, '-')}.npz`,
    Buffer.from(base64, 'base64'),
  ]),
  ...['parquet', 'terrain'].flatMap((folder) =>
    namesIn(folder, /\.(parquet|tif)$/).map((name) => [name, readFileSync(join(fixtures, folder, name))]),
  ),
];

/** Good files of weights. */
const weightFiles = namesIn('weights', /\.(npz|safetensors)$/);

export const targets = {
  /** An experiment's own options, valid and invalid. The trials are only planned. */
  options(rng) {
    const experiment = pick(rng, allExperiments);
    const args = [...experiment.name.split(' '), '--plan'];
    for (let i = 1 + rng.below(4); i > 0; i--) {
      const name = pick(rng, optionsOf(experiment));
      const good = experiment.settings[name]?.join(',') ?? '0.5';
      args.push(flagOf(name), rng.below(4) === 0 ? good : word(rng));
    }
    return args;
  },

  /** Commands, flags and words in any order. */
  argv(rng) {
    const commands = [
      'list',
      'trace',
      'verify',
      'check',
      'table',
      'plot',
      'data',
      'help',
      'activation-functions',
      'report',
    ];
    const flags = [
      '--json',
      '--out',
      '--store',
      '--format',
      '--jobs',
      '--seeds',
      '--claims',
      '--expect',
      '--level',
      '--x',
    ].concat([
      '--tolerance',
      '--baseline',
      '--data-dir',
      '--variant',
      '--output',
      '--help',
      '--version',
      '--first',
      '--quick',
    ]);
    const args = [rng.below(8) === 0 ? word(rng) : pick(rng, commands)];
    if (args[0] === 'report') args.push('--plan');
    if (args[0] === 'data') args.push('export', 'franke', '--samples', '40');
    // A claim that needs no trials: the report's own claims would run for minutes.
    if (args[0] === 'verify') args.push('--claims', 'absent.json');
    for (let i = rng.below(5); i > 0; i--) args.push(rng.below(2) === 0 ? pick(rng, flags) : word(rng));
    return args;
  },

  /** A formula for the surface or the learning rate. */
  expression(rng) {
    const parts = [
      'x',
      'y',
      'eta0',
      'epoch',
      '+',
      '-',
      '*',
      '/',
      '^',
      '(',
      ')',
      ',',
      '?',
      ':',
      '<',
      '==',
      ' mod ',
      ' and ',
      'max(',
      'log(',
      '1',
      '1e308',
      '!',
      '=',
    ];
    const text = Array.from({ length: 1 + rng.below(30) }, () => pick(rng, parts)).join('');
    const flag = pick(rng, ['--formula', '--schedule']);
    return [
      'ffnn',
      '--epochs',
      '1',
      '--samples',
      '40',
      '--jobs',
      '1',
      '--quiet',
      flag,
      rng.below(5) === 0 ? word(rng) : text,
    ];
  },

  /** Data computed from a formula, at points in some domain. */
  generated(rng) {
    const numbers = ['-1', '0', '1', '2.5', '1e3', '1e308', '-1e-300', 'x', '', '07'];
    const ends = () =>
      pick(rng, [
        ['-1', '1'],
        ['0', '2.5'],
        [pick(rng, numbers), pick(rng, numbers)],
      ]);
    const range = () => ends().join(pick(rng, [':', ':', ',', '..']));
    const domain = pick(rng, [range(), `${range()}x${range()}`, `[${range()}],[${range()}]`, word(rng)]);
    const grid = pick(rng, [
      `${rng.below(9)}x${rng.below(9)}`,
      String(rng.below(30)),
      '99999999x2',
      word(rng),
    ]);
    const formula = pick(rng, ['runge', 'runge-2d', 'x', 'x*y', '1/x', 'log(y)', 'exp(x^9)', '3']);
    const polynomial = ['--hidden', 'none', '--basis', 'total', '--degree', String(rng.below(45))];
    return [
      ...['train', '--epochs', '1', '--bootstrap', '2', '--jobs', '1', '--quiet'],
      ...['--formula', formula, `--domain=${domain}`],
      ...(rng.below(3) === 0 ? [`--grid=${grid}`] : ['--samples', '40']),
      ...(rng.below(3) === 0 ? polynomial : []),
    ];
  },

  claims(rng, corpus, directory) {
    cpSync(join(corpus, 'store'), join(directory, 'store'), { recursive: true });
    writeFileSync(join(directory, 'claims.json'), changedJsonText(rng, readJson(corpus, 'claims.json')));
    return [...verify, '--claims', 'claims.json', ...(rng.below(4) === 0 ? ['--json'] : [])];
  },

  /** An experiment file, damaged as JSON, as YAML, or byte by byte. Its trials are only planned. */
  experimentFile(rng, _corpus, directory) {
    const good = {
      ...{ name: 'a net', extends: 'ffnn', tags: ['a'], quick: { epochs: 1 } },
      settings: {
        hidden: ['8', '4-4'],
        epochs: 2,
        samples: [40],
        seed: '1..2',
        learningRate: 'geomspace(1e-3,1,2)',
      },
      layout: { rows: 'hidden', columns: 'learningRate', metrics: ['test_mse'] },
    };
    const isJson = rng.below(2) === 0;
    const text = isJson ? changedJsonText(rng, good) : stringify(good);
    writeFileSync(
      join(directory, isJson ? 'x.json' : 'x.yaml'),
      isJson ? text : changedBytes(rng, Buffer.from(text)),
    );
    return ['run', isJson ? 'x.json' : 'x.yaml', '--plan'];
  },

  /** Runs of another program, damaged. */
  runs(rng, _corpus, directory) {
    const rows = Array.from({ length: 24 }, (_, i) => `${i >> 1},${i % 2},${1 + rng.below(100) / 1000}`);
    const separator = pick(rng, [',', ';', '\t']);
    const text = `${['seed,rate,test_mse', ...rows].join('\n')}\n`.replaceAll(',', separator);
    const how = rng.below(4);
    if (how === 0) rows[rng.below(rows.length)] = word(rng);
    const damaged =
      how === 1
        ? gzipSync(changedBytes(rng, Buffer.from(text)))
        : how === 2
          ? changedBytes(rng, gzipSync(text))
          : how === 3
            ? changedBytes(rng, Buffer.from(text))
            : `${['seed,rate,test_mse', ...rows].join('\n')}`;
    writeFileSync(join(directory, 'runs.csv'), damaged);
    const claim = { id: 'a', kind: 'number', where: 'here', says: 'a', select: { rate: 1 } };
    const claims = [{ ...claim, statistic: 'test_mse', value: 1, significantDigits: 2 }];
    writeFileSync(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims }));
    return ['verify', '--runs', 'runs.csv', '--claims', 'claims.json'];
  },

  expectation(rng, corpus, directory) {
    cpSync(join(corpus, 'store'), join(directory, 'store'), { recursive: true });
    cpSync(join(corpus, 'claims.json'), join(directory, 'claims.json'));
    writeFileSync(
      join(directory, 'expectation.json'),
      changedJsonText(rng, readJson(corpus, 'expectation.json')),
    );
    return [...verify, '--claims', 'claims.json', '--expect', 'expectation.json'];
  },

  trace(rng, corpus, directory) {
    const good = readJson(corpus, 'traces', pick(rng, readdirSync(join(corpus, 'traces')).sort()));
    writeFileSync(join(directory, 'trace.json'), changedJsonText(rng, good));
    return ['trace', 'trace.json'];
  },

  /** Images and labels, plain and packed, one of them damaged, swapped with another, or something else. */
  idx(rng, corpus, directory) {
    cpSync(join(corpus, 'data'), join(directory, 'data'), { recursive: true });
    const names = readdirSync(join(corpus, 'data')).sort();
    const file = join(directory, 'data', pick(rng, names));
    const good = readFileSync(file);
    const how = rng.below(7);
    if (how === 0)
      writeFileSync(file, gzipSync(Buffer.concat([good, Buffer.alloc(2 ** 27)]))); // a decompression bomb
    else if (how === 1) writeFileSync(file, changedBytes(rng, gzipSync(good)));
    else if (how === 2) writeFileSync(file, gzipSync(changedBytes(rng, good)));
    else if (how === 3) cpSync(join(corpus, 'data', pick(rng, names)), file);
    else if (how === 4) writeFileSync(file, pick(rng, otherFiles) + word(rng));
    else writeFileSync(file, changedBytes(rng, good));
    const sizes = [
      '--samples',
      'all',
      '--test-size',
      '5',
      '--batch-size',
      '5',
      '--epochs',
      '1',
      '--jobs',
      '1',
    ];
    const own = rng.below(3) === 0 ? [pick(rng, ['--transpose', '--scale=max', '--data-name=x'])] : [];
    return ['mnist', '--data-dir', 'data', ...sizes, ...own, '--quiet'];
  },

  /** A table or a terrain of any format, damaged, packed, cut off, or a bomb. */
  data(rng, _corpus, directory) {
    const [name, good] = pick(rng, dataFiles);
    const how = rng.below(8);
    const content =
      how === 0
        ? gzipSync(changedBytes(rng, good))
        : how === 1
          ? changedBytes(rng, gzipSync(good))
          : how === 2
            ? good.subarray(0, rng.below(good.length + 1))
            : how === 3
              ? Buffer.concat([good.subarray(0, rng.below(64)), Buffer.from(word(rng))])
              : how === 4
                ? gzipSync(Buffer.concat([good, Buffer.alloc(2 ** 27)]))
                : changedBytes(rng, good);
    writeFileSync(join(directory, name), content);
    if (rng.below(2) === 0) return ['data', 'describe', name];
    const target = rng.below(2) === 0 ? ['--target', rng.below(3) === 0 ? word(rng) : 'y'] : [];
    return ['train', '--data', name, ...target, '--epochs', '1', '--jobs', '1', '--no-figures', '--quiet'];
  },

  /** Weights of another program, damaged, cut off, or something else. */
  weights(rng, _corpus, directory) {
    const name = pick(rng, weightFiles);
    const good = readFileSync(join(fixtures, 'weights', name));
    const how = rng.below(5);
    const content =
      how === 0
        ? good.subarray(0, rng.below(good.length + 1))
        : how === 1
          ? pick(rng, otherFiles) + word(rng)
          : changedBytes(rng, good);
    writeFileSync(join(directory, name), content);
    const order = rng.below(3) === 0 ? ['--kernels', pick(rng, ['in-out', 'out-in', word(rng)])] : [];
    return rng.below(3) === 0
      ? ['ffnn', '--hidden', '3', '--init-weights', name, '--plan']
      : ['model', 'import', name, ...order, '--out', 'out.npz'];
  },

  /** The store's journals, read by a run that needs a trial in them. */
  journal(rng, corpus, directory) {
    cpSync(join(corpus, 'store'), join(directory, 'store'), { recursive: true });
    const journals = readdirSync(join(directory, 'store'))
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
    const file = join(directory, 'store', pick(rng, journals));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const at = rng.below(lines.length);
    if (rng.below(2) === 0) lines[at] = changedJsonText(rng, JSON.parse(lines[at]));
    const text = `${lines.join('\n')}\n`;
    writeFileSync(file, rng.below(2) === 0 ? changedBytes(rng, Buffer.from(text)) : text);
    const run = ['ffnn', '--epochs', '2', '--samples', '40'];
    return rng.below(3) === 0
      ? ['table', ...run, '--store', 'store']
      : [...run, '--jobs', '1', '--store', 'store'];
  },

  /** A results folder with one damaged file, which is read back. */
  results(rng, corpus, directory) {
    for (const name of ['results', 'baseline']) {
      cpSync(join(corpus, 'results/ffnn'), join(directory, name, 'ffnn'), { recursive: true });
    }
    const folder = join(directory, 'results/ffnn');
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const file = join(folder, pick(rng, files.map(({ name }) => name).sort()));
    const good = readFileSync(file);
    const isJson = file.endsWith('.json') && rng.below(3) !== 0;
    writeFileSync(file, isJson ? changedJsonText(rng, JSON.parse(good.toString())) : changedBytes(rng, good));
    return pick(rng, [
      ['check', 'results', '--baseline', 'baseline'],
      [
        'check',
        'baseline',
        '--baseline',
        'results',
        '--format',
        pick(rng, ['junit', 'markdown', 'json', 'csv']),
      ],
      ['plot', 'results/ffnn'],
    ]);
  },
};
