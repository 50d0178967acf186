// Tests --launcher slurm on a real Slurm, which is started in a temporary folder: node bench/cluster.js [--full] [--only REGEXP]
// [--no-accounting] (npm run cluster-test builds first). It is skipped where Slurm cannot be installed. Each check that was run replaces its
// row in bench/results/cluster.json.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
/** Read before the results are written, which are files of the repository. */
const commit = describeCommit();
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
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void cluster.stop().finally(() => process.exit(1)));
  const [, version] = cluster.run('sbatch', '--version').stdout.trim().split(' ');
  const accounting = cluster.accounting ? 'with accounting' : 'without accounting';
  console.log(`Slurm ${version}, two nodes of two processors, ${accounting}`);
  try {
    for (const { what, check } of checksOf(cluster, folder, options)) {
      if (!new RegExp(options.only).test(what)) continue;
      const { problems, remark = '' } = await check().catch(({ message }) => ({ problems: [message] }));
      const equal = problems.length === 0;
      console.log(`  ${equal ? 'equal ' : 'FAILED'} ${what}${remark && ` (${remark})`}`);
      for (const problem of problems) console.log(`         ${problem}`);
      if (!equal) process.exitCode = 1;
      keep({ check: what, equal, remark, problems, slurm: version, accounting: cluster.accounting });
      // What a failed check has left must not disturb the next one.
      cluster.run('scancel', '--user', String(process.getuid()));
    }
  } finally {
    await cluster.stop();
  }
}

/** Replaces what an earlier run of this check has left in the results. */
function keep(row) {
  const file = fileURLToPath(new URL('results/cluster.json', import.meta.url));
  const { checks } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { checks: [] };
  const { load: _, ...machine } = describeMachine();
  const others = checks.filter(
    ({ check, accounting }) => check !== row.check || accounting !== row.accounting,
  );
  const facts = { nodes: 2, cpusOfNode: 2, machine };
  const rows = [...others, { ...row, node: process.version, ...commit }];
  writeFileSync(file, `${JSON.stringify({ ...facts, checks: rows }, null, 2)}\n`);
}
