// Tests --launcher slurm on a real Slurm, which is started in a temporary folder: node bench/cluster.js [--full] [--only REGEXP]
// [--no-accounting] (npm run cluster-test builds first). It is skipped where Slurm cannot be installed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checksOf } from './cluster/checks.js';
import { prepare } from './cluster/install.js';
import { startSlurm } from './cluster/slurm.js';
import { describeCommit, describeMachine } from './machine.js';

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'no-accounting': { type: 'boolean', default: false },
  },
});
const reason = prepare();
if (reason !== null) {
  console.log(`the test on a cluster is skipped: ${reason}`);
} else {
  // Not in the folder of TMPDIR: the path of a socket has at most 107 characters.
  const folder = mkdtempSync('/tmp/fys-nn-cluster-');
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

async function test(folder) {
  const choice = options['no-accounting'] ? { accounting: false } : {};
  const cluster = await startSlurm(`${folder}/slurm`, choice);
  const rows = [];
  const [, version] = cluster.run('sbatch', '--version').stdout.trim().split(' ');
  const [, kind] =
    /AccountingStorageType\s*= (\S+)/.exec(cluster.run('scontrol', 'show', 'config').stdout) ?? [];
  console.log(`Slurm ${version}, two nodes of two processors, ${kind}`);
  try {
    for (const { what, check } of checksOf(cluster, folder, options)) {
      if (!new RegExp(options.only).test(what)) continue;
      const { problems, remark = '' } = await check().catch(({ message }) => ({ problems: [message] }));
      rows.push({ check: what, equal: problems.length === 0, ...(remark && { remark }), problems });
      console.log(`  ${problems.length === 0 ? 'equal ' : 'FAILED'} ${what}${remark && ` (${remark})`}`);
      for (const problem of problems) console.log(`         ${problem}`);
      // What a failed check has left must not disturb the next one.
      cluster.run('scancel', '--state=PENDING,RUNNING', '--user', String(process.getuid()));
    }
  } finally {
    await cluster.stop();
  }
  if (rows.some(({ equal }) => !equal)) process.exitCode = 1;
  if (options.only !== '') return;
  const file = fileURLToPath(new URL('results/cluster.json', import.meta.url));
  const { load: _, ...machine } = describeMachine();
  const facts = { slurm: version, accounting: kind, nodes: 2, cpusOfNode: 2, node: process.version, machine };
  writeFileSync(file, `${JSON.stringify({ ...facts, ...describeCommit(), checks: rows }, null, 2)}\n`);
  console.log(`wrote ${file}`);
}
