// Judges what `trace check` says of many random programs with random mistakes, by the property test of src/diagnosis, and
// writes results/diagnoses.json: node bench/diagnoses.js [--programs 1000] [--seed 1]
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.js';

const { values: options } = parseArgs({
  options: { programs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const [programs, seed] = [Number(options.programs), Number(options.seed)];
/** How many programs a process judges, and how many processes there are. */
const [chunk, processes] = [50, 2];
const test = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  ...['-w', '1', 'src/diagnosis/diagnose.property.test.ts', '-t', 'the first place is right'],
];

/** The verdicts on the programs from a number on. */
function judge(from) {
  const count = Math.min(chunk, programs - from);
  const env = {
    ...process.env,
    ...{ FYS_NN_DIAGNOSES: String(count), FYS_NN_DIAGNOSES_FROM: String(from), FYS_NN_SEED: String(seed) },
  };
  const root = fileURLToPath(new URL('..', import.meta.url));
  const child = spawn(process.execPath, test, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      const [counts] = /^\{.*\}$/m.exec(text) ?? [];
      if (counts === undefined || /false (?:place|diagnosis)/.test(text)) console.error(text);
      if (counts === undefined) reject(new Error(`The programs from ${from} on were not judged.`));
      else resolve(JSON.parse(counts));
    });
  });
}

const commit = describeCommit();
const verdicts = {};
const chunks = Array.from({ length: Math.ceil(programs / chunk) }, (_, i) => i * chunk);
await Promise.all(
  Array.from({ length: processes }, async () => {
    for (let from = chunks.shift(); from !== undefined; from = chunks.shift()) {
      const counts = await judge(from);
      for (const [verdict, count] of Object.entries(counts))
        verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
      console.log(`programs ${from} to ${Math.min(programs, from + chunk) - 1}: ${JSON.stringify(counts)}`);
    }
  }),
);
const sorted = Object.fromEntries(Object.entries(verdicts).sort(([, a], [, b]) => b - a));
const results = {
  ...{ programs, seed, machine: describeMachine(), node: process.version, ...commit },
  falsePlaces: verdicts['false place'] ?? 0,
  falseDiagnoses: verdicts['false diagnosis'] ?? 0,
  verdicts: sorted,
};
const file = fileURLToPath(new URL('results/diagnoses.json', import.meta.url));
writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = results.falsePlaces + results.falseDiagnoses === 0 ? 0 : 1;
