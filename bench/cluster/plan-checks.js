// Checks of what can be run on a cluster: rounds, searches, a report and claims of one's own, and a store that is taken elsewhere.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../../examples/own-report/claims.yaml', import.meta.url));
const small = ['ffnn', '--samples', '200', '--hidden', '4', '--no-figures'];
const rates = ['--learning-rate', '1e-4,1e-3,0.01,0.1'];

/** What is run, by the name of its check. */
const commands = {
  'settings stopped by halving': [...small, ...rates, '--epochs', '90', '--seed', '1,2', '--halving', '3'],
  'settings stopped by racing': [...small, ...rates, '--epochs', '30', '--seed', '1..8', '--racing'],
  'a search by Sobol points': [
    ...['ffnn', '--samples', '200', '--epochs', '20', '--no-figures', '--search', 'sobol', '--trials', '12'],
    ...['--hidden', 'int(2,16)', '--learning-rate', 'loguniform(1e-4,1)'],
  ],
  'a report of a file, with a table elsewhere and a store whose path has spaces and quotes': [
    ...['report', 'my work/heights.yaml', '--seed', '1,2', '--no-figures'],
  ],
  "a verification of a report of one's own": ['verify', '--claims', 'my work/claims.yaml', '--seeds', '1..3'],
};

/**
 * The checks. `compare` runs a command on the cluster and without it, and tells what differs: its results are in out-NAME, its
 * store in store-NAME. `run` runs a command, `differences` compares two folders.
 */
export function planChecks({ folder, run, compare, referenceOf, differences }) {
  const checks = Object.entries(commands).map(([what, args], number) => [
    what,
    async () => {
      writeWork(join(folder, 'my work'));
      return {
        problems: await compare(args, /quotes/.test(what) ? `of "my" it's ${number}` : `plan-${number}`),
      };
    },
  ]);
  return {
    ...Object.fromEntries(checks),

    'a store that is exported, imported and merged afterwards': async () => {
      const args = [...small, ...rates, '--epochs', '30', '--seed', '1..3'];
      const problems = await compare(args, 'taken');
      const { name } = await referenceOf(args);
      const steps = [
        ['store', 'check', '--store', 'store-taken'],
        ['store', 'export', 'taken.jsonl.gz', '--store', 'store-taken', '--weights'],
        ['store', 'import', 'taken.jsonl.gz', '--store', 'store-imported'],
        ['store', 'merge', 'store-taken', 'store-imported', '--store', 'store-merged'],
      ];
      for (const step of steps) {
        const { status, stderr } = await run(...step);
        if (status !== 0) problems.push(`${step.slice(0, 2).join(' ')} ended with ${status}: ${stderr}`);
      }
      for (const store of ['imported', 'merged']) {
        const { stderr } = await run(...args, '--store', `store-${store}`, '--out', `out-${store}`);
        if (!stderr.includes('12 trials, 12 of them from the store'))
          problems.push(`not all trials are in the store that was ${store}: ${stderr}`);
        problems.push(...differences(join(folder, `out-${store}`), join(folder, `out-${name}`)));
      }
      return { problems };
    },
  };
}

/** A table, an experiment of it, and claims. */
function writeWork(place) {
  mkdirSync(join(place, 'the "data"'), { recursive: true });
  const rows = Array.from({ length: 90 }, (_, i) => {
    const [x, y] = [((i * 37) % 90) / 90, ((i * 53) % 90) / 90];
    return `${x.toFixed(3)},${y.toFixed(3)},${(Math.sin(3 * x) + y * y).toFixed(4)}`;
  });
  writeFileSync(join(place, 'the "data"', 'heights.csv'), `${['x,y,h', ...rows].join('\n')}\n`);
  const settings = { epochs: [20], hidden: [4, 8], learningRate: [0.01, 0.1] };
  const file = { name: 'heights', data: 'the "data"/heights.csv', target: 'h', settings };
  // JSON is YAML.
  writeFileSync(join(place, 'heights.yaml'), JSON.stringify(file));
  copyFileSync(own, join(place, 'claims.yaml'));
}
