// Injects faults: node bench/torture.js [--quick | --smoke] [--seed N] [--only PATTERN] (npm run torture builds first).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
const file = fileURLToPath(new URL('results/torture.json', import.meta.url));
const facts = {
  seed: Number(options.seed),
  machine: describeMachine(),
  node: process.version,
  ...describeCommit(),
};
/** Writes the result of a campaign of full size in place of its last one: together they take hours, so they may run apart. */
function keep(row) {
  if (size !== 'full') return;
  const { campaigns } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { campaigns: [] };
  const rows = new Map([...campaigns, row].map((one) => [one.campaign, one]));
  const order = names.filter((name) => rows.has(name)).map((name) => rows.get(name));
  writeFileSync(file, `${JSON.stringify({ campaigns: order }, null, 2)}\n`);
}
let failed = false;
const campaigns = campaignsOf(size, createRandom(Number(options.seed)));
const names = campaigns.map(({ name }) => name);
console.log('campaign                                faults  survived  seconds');
for (const { name, run } of campaigns) {
  if (!new RegExp(options.only).test(name)) continue;
  const begun = performance.now();
  const { tried, problems, remark = '' } = await run();
  const seconds = Math.round((performance.now() - begun) / 1000);
  const survived = Math.max(0, tried - problems.length);
  keep({ campaign: name, tried, survived, seconds, remark, problems, ...facts });
  console.log(
    `${name.padEnd(38)} ${String(tried).padStart(7)} ${String(survived).padStart(9)} ${String(seconds).padStart(8)}  ${remark}`,
  );
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
