// Injects faults: node bench/torture.js [--quick | --smoke] [--seed N] (npm run torture builds first).
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCommit, describeMachine } from './machine.js';
import { campaignsOf } from './torture/campaigns.js';
import { createRandom } from './torture/program.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const size = options.smoke ? 'smoke' : options.quick ? 'quick' : 'full';
const rows = [];
let failed = false;
console.log('campaign                                faults  survived  seconds');
for (const { name, run } of campaignsOf(size, createRandom(Number(options.seed)))) {
  if (!new RegExp(options.only).test(name)) continue;
  const begun = performance.now();
  const { tried, problems, remark = '' } = await run();
  const seconds = Math.round((performance.now() - begun) / 1000);
  const survived = Math.max(0, tried - problems.length);
  rows.push({ campaign: name, tried, survived, seconds, remark, problems });
  console.log(
    `${name.padEnd(38)} ${String(tried).padStart(7)} ${String(survived).padStart(9)} ${String(seconds).padStart(8)}  ${remark}`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0) failed = true;
}
if (size === 'full' && options.only === '') {
  const file = fileURLToPath(new URL('results/torture.json', import.meta.url));
  const facts = {
    seed: Number(options.seed),
    machine: describeMachine(),
    node: process.version,
    ...describeCommit(),
  };
  writeFileSync(file, `${JSON.stringify({ ...facts, campaigns: rows }, null, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;
