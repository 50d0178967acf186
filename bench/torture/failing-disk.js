// A disk whose calls fail. The operation, the path, the first failing call and the error code are random.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { csvDigest, idsIn, isClear, isWhole, run } from './program.js';

const preload = new URL('disk-fault.js', import.meta.url).href;
const operations = [
  'open',
  'read',
  'write',
  'sync',
  'stat',
  'rename',
  'link',
  'mkdir',
  'readdir',
  'close',
  'rm',
];
const paths = ['/journal-', '/leases/', '/weights/', '.trials', 'out-x', 'lock', ''];
const codes = ['EIO', 'EDQUOT', 'ENOSPC', 'EROFS'];

/**
 * Runs `args` on such a disk, every second time with the records of `part` already stored. Each run must succeed or end
 * with an error message, and must not lose records or leave incomplete files. The next run on a good disk must give the
 * same bytes as an undisturbed run.
 */
export async function failingDisk(folder, { args, part, count, random }) {
  const pick = (values) => values[Math.floor(random() * values.length)];
  const into = (name) => ['--store', `${name}.trials`, '--out', `out-${name}`, '--quiet'];
  const remove = (...names) => {
    for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
  };
  const store = join(folder, 'x.trials');
  const problems = [];
  let tried = 0;
  let refused = 0;
  await run(folder, [...args, ...into('good')]);
  const good = csvDigest(join(folder, 'out-good'));
  // A fault that no call triggered does not count.
  for (let i = 0; tried < count && i < 10 * count; i++) {
    remove('x.trials', 'out-x', 'mark');
    if (i % 2 === 1) await run(folder, [...part, ...into('x')]);
    const before = idsIn(store);
    const fault = {
      operation: pick(operations),
      path: pick(paths),
      code: pick(codes),
      from: 1 + Math.floor(random() ** 3 * 20),
      ...(random() < 0.5 ? { times: 1 + Math.floor(3 * random()) } : {}),
    };
    const outcome = await run(folder, [...args, ...into('x')], {
      environment: {
        NODE_OPTIONS: `--import=${preload}`,
        FYS_NN_DISK_FAULT: JSON.stringify(fault),
        FYS_NN_DISK_FAULT_MARK: join(folder, 'mark'),
      },
    });
    if (!existsSync(join(folder, 'mark'))) continue;
    tried++;
    const say = (what) => problems.push(`${JSON.stringify(fault)}: ${what}`);
    if (outcome.status !== 0) refused++;
    if (outcome.status !== 0 && (![1, 2].includes(outcome.status) || !isClear(outcome)))
      say(`exit ${outcome.status}: ${outcome.stderr}`);
    if (outcome.status === 0 && csvDigest(join(folder, 'out-x')) !== good) say('exit 0 with different bytes');
    const after = new Set(idsIn(store));
    for (const id of before) if (!after.has(id)) say(`trial ${id} was lost`);
    if (!isWhole(join(folder, 'out-x'))) say('an incomplete file');
    const again = await run(folder, [...args, ...into('x')]);
    if (again.status !== 0) say(`the next run ended with ${again.status}: ${again.stderr}`);
    else if (csvDigest(join(folder, 'out-x')) !== good) say('the next run gave different bytes');
    const check = await run(folder, ['store', 'check', '--store', 'x.trials']);
    if (check.status !== 0) say(`store check: ${check.stdout}${check.stderr}`);
  }
  return { tried, problems, remark: `${refused} ended with an error, the others succeeded` };
}
