// Hostile input against the built program: npm run fuzz -- --seconds 60 --seed 1 Each case depends only on the seed and
// its number. A finding is saved in a folder, which --replay runs again.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createRng } from '../dist/src/math/rng.js';
import { makeCorpus } from './corpus.js';
import { problemOf, runProgram } from './outcome.js';
import { targets } from './targets.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    cases: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    target: { type: 'string' },
    findings: { type: 'string', default: 'fuzz/findings' },
    replay: { type: 'string' },
  },
});

if (values.replay !== undefined) await replay(resolve(values.replay));
else await fuzz();

async function fuzz() {
  const work = mkdtempSync(join(tmpdir(), 'fys-nn-fuzz-'));
  const tally = new Map(
    Object.keys(targets).map((name) => [name, { cases: 0, findings: 0, statuses: new Map() }]),
  );
  try {
    const corpus = await makeCorpus(join(work, 'corpus'));
    const until = performance.now() + 1000 * Number(values.seconds);
    const last = values.cases === undefined ? Number.POSITIVE_INFINITY : Number(values.cases);
    let next = 0;
    const worker = async () => {
      while (next < last && (values.cases !== undefined || performance.now() < until)) {
        const number = next++;
        await oneCase(number, corpus, join(work, String(number)), tally);
      }
    };
    await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  report(tally);
}

async function oneCase(number, corpus, directory, tally) {
  const names = values.target === undefined ? Object.keys(targets) : [values.target];
  const name = names[number % names.length];
  const rng = createRng(Number(values.seed), 'fuzz', number);
  mkdirSync(directory, { recursive: true });
  const args = targets[name](rng, corpus, directory);
  const before = join(directory, '..', `${number}-before`);
  cpSync(directory, before, { recursive: true });
  const outcome = await runProgram(args, directory);
  const wrong = problemOf(outcome);
  const row = tally.get(name);
  row.cases++;
  row.statuses.set(outcome.status, (row.statuses.get(outcome.status) ?? 0) + 1);
  if (wrong !== null) {
    row.findings++;
    const kept = join(values.findings, `${name}-${values.seed}-${number}`);
    cpSync(before, join(kept, 'files'), { recursive: true });
    writeFileSync(join(kept, 'case.json'), `${JSON.stringify({ wrong, args, ...outcome }, null, 2)}\n`);
    process.stdout.write(`finding: ${wrong}: ${kept}\n`);
  }
  for (const folder of [directory, before]) rmSync(folder, { recursive: true, force: true });
}

async function replay(folder) {
  const { args } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  const directory = mkdtempSync(join(tmpdir(), 'fys-nn-replay-'));
  if (existsSync(join(folder, 'files'))) cpSync(join(folder, 'files'), directory, { recursive: true });
  const outcome = await runProgram(args, directory);
  rmSync(directory, { recursive: true, force: true });
  const wrong = problemOf(outcome);
  process.stdout.write(`${outcome.stderr}\n${wrong ?? 'nothing is wrong'}\n`);
  process.exitCode = wrong === null ? 0 : 1;
}

function report(tally) {
  let cases = 0;
  let findings = 0;
  for (const [name, row] of tally) {
    if (row.cases === 0) continue;
    cases += row.cases;
    findings += row.findings;
    const statuses = [...row.statuses].sort().map(([status, count]) => `${count} x ${status}`);
    process.stdout.write(
      `${name.padEnd(12)} ${row.cases} cases, ${row.findings} findings; exit: ${statuses.join(', ')}\n`,
    );
  }
  process.stdout.write(`${cases} cases, ${findings} findings (seed ${values.seed})\n`);
  process.exitCode = findings === 0 ? 0 : 1;
}
