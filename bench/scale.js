// What a million trials on a thousand cores take: node bench/scale.js [options] (after npm run build). Measures here what can be
// measured, and simulates the rest with it. Writes bench/results/scale.json; `node docs/update-scale.js` puts that into docs/scale.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeRun } from './machine.js';
import { printUse } from './resource-use.js';
import { measureClaims } from './scale/claims.js';
import { measureDisk } from './scale/disk.js';
import { measureOperations } from './scale/operations.js';
import { parts } from './scale/parts.js';
import { answers, disks, settingsOf, trialTimes } from './scale/scenarios.js';
import { withValues } from './scale/simulate.js';
import { measureSizes } from './scale/sizes.js';
import { measureStart, measureTasks } from './scale/tasks.js';
import { validate } from './scale/validate.js';

const usage = `node bench/scale.js [options]   (after npm run build)
  --only NAMES   sections, with commas: disk, operations, start, claims, tasks, journals, sizes, planning, submission,
                 validation, simulation
  --quick        few and small measurements; writes bench/results/scale-quick.json`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean' },
    /** Of a process that this one starts. */
    part: { type: 'string' },
    settings: { type: 'string' },
  },
});

const { quick } = options;
/** Each gets what the ones before it have found. */
const sections = {
  disk: () => measureDisk(quick ? 30 : 300),
  operations: () => measureOperations(quick),
  start: () => measureStart(quick ? 1 : 5),
  claims: measureClaims,
  tasks: () => measureTasks(quick ? [1, 100] : [1, 100, 1000]),
  journals: () =>
    measureEach(
      'open journals',
      (quick ? [1, 100] : [1, 100, 1000, 10_000]).map((journals) => ({ journals })),
      'make journals',
    ),
  sizes: measureSizes,
  planning: () =>
    measureEach(
      'plan',
      (quick ? [1000] : [1000, 10_000, 100_000, 1_000_000]).map((trials) => ({ trials })),
    ),
  submission: () =>
    measureEach(
      'submit',
      (quick ? [1000] : [10_000, 100_000]).map((trials) => ({ trials })),
    ),
  validation: ({ disk, ...found }) =>
    validate(
      withValues(settingsOf(found), {
        cluster: { startsPerSecond: Infinity, queueSeconds: 0 },
        disk: { ...disks.none, requestSeconds: disk.stat, syncSeconds: disk.sync },
      }),
      quick,
    ),
  settings: settingsOf,
  ...Object.fromEntries(
    Object.entries(answers).map(([name, run]) => [
      name,
      ({ settings }) => run(settings, quick ? trialTimes.slice(0, 1) : trialTimes),
    ]),
  ),
};

if (options.help) console.log(usage);
else if (options.part !== undefined) await printUse(() => parts[options.part](JSON.parse(options.settings)));
else await measureAll();

async function measureAll() {
  const file = fileURLToPath(new URL(`results/scale${quick ? '-quick' : ''}.json`, import.meta.url));
  const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  const wanted = options.only?.split(',') ?? Object.keys(sections);
  for (const name of wanted) {
    const begun = performance.now();
    const result = await sections[name](read());
    console.error(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    const facts = {
      ...describeRun(),
    };
    writeFileSync(
      file,
      `${JSON.stringify({ ...read(), ...facts, [name]: result, at: new Date().toISOString() }, null, 2)}\n`,
    );
  }
  console.log(`wrote ${file}`);
}

/** Runs a part of each size in a process of its own, after `first` if that makes what it needs. */
function measureEach(part, sizes, first) {
  return sizes.map((size) => {
    const folder = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
    const run = (name) => {
      const settings = JSON.stringify({ ...size, folder });
      const args = [fileURLToPath(import.meta.url), '--part', name, '--settings', settings];
      const text = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
      return JSON.parse(text.trim().split('\n').at(-1));
    };
    if (first !== undefined) run(first);
    const result = { ...size, ...run(part) };
    rmSync(folder, { recursive: true, force: true });
    return result;
  });
}
