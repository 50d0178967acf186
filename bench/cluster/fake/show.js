// scontrol show.
import { resolve } from 'node:path';
import { Refusal } from './options.js';
import { long, rowsOf, secondsOf, select, time } from './rows.js';

export function showConfiguration(cluster) {
  const facts = {
    AccountingStorageType: `accounting_storage/${cluster.accounting ? 'slurmdbd' : 'none'}`,
    ClusterName: 'test',
    JobRequeue: '1',
    KillWait: `${cluster.killWait} sec`,
    MaxArraySize: `${cluster.maxArraySize}`,
    MinJobAge: `${cluster.minJobAge} sec`,
    SLURM_VERSION: cluster.version,
  };
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(23)} = ${value}\n`);
  return `Configuration data as of ${time(Date.now())}\n${lines.join('')}\nSlurmctld(primary) at fake is UP\n`;
}

export function showJob(list, cluster, oneLine) {
  const { known, has } = select(list, cluster, 'scontrol');
  if (!known.some(has)) throw new Refusal('slurm_load_jobs error: Invalid job id specified\n');
  const rows = rowsOf([...cluster.jobs.values()], (task) => cluster.visible(task) && has(task));
  return rows
    .map((row) => `${describe(row).join(oneLine ? ' ' : '\n   ')}${oneLine ? ' ' : '\n   '}\n`)
    .join('');
}

function describe({ task, ids }) {
  const { job } = task;
  const many = /\D/.test(ids);
  const index = many ? 4294967294 : (task.index ?? 4294967294);
  const file = (pattern) =>
    resolve(
      job.folder,
      pattern.replace(/%([Aaj])/g, (_, letter) => ({ A: job.id, a: index, j: task.rawId })[letter]),
    );
  const array =
    task.index === null
      ? ''
      : ` ArrayJobId=${job.id} ArrayTaskId=${ids}${job.atOnce === Infinity || !many ? '' : ` ArrayTaskThrottle=${job.atOnce}`}`;
  return [
    `JobId=${task.rawId}${array} JobName=${job.name}`,
    'UserId=root(0) GroupId=root(0) MCS_label=N/A',
    `Priority=1 Nice=0 Account=${job.account} QOS=normal`,
    `JobState=${task.state} Reason=${task.reason} Dependency=(null)`,
    `Requeue=${job.requeue ? 1 : 0} Restarts=${task.restarts} BatchFlag=1 Reboot=0 ExitCode=${(task.status ?? [0, 0]).join(':')}`,
    `RunTime=${long(secondsOf(task, Date.now()))} TimeLimit=${job.limit === Infinity ? 'UNLIMITED' : long(job.limit)} TimeMin=N/A`,
    `SubmitTime=${time(job.submitted)} EligibleTime=${time(task.held ? null : job.submitted)}`,
    `AccrueTime=${time(task.held ? null : job.submitted)}`,
    `StartTime=${time(task.start)} EndTime=${time(task.end)} Deadline=N/A`,
    `SuspendTime=None SecsPreSuspend=0 LastSchedEval=${time(Date.now())} Scheduler=Main`,
    `Partition=${job.partition} AllocNode:Sid=fake:1`,
    `ReqNodeList=${job.nodes?.join(',') ?? '(null)'} ExcNodeList=(null)`,
    `NodeList=${task.node ?? ''}`,
    ...(task.node === null ? [] : [`BatchHost=${task.node}`]),
    `NumNodes=1 NumCPUs=${job.cpus} NumTasks=1 CPUs/Task=${job.cpus} ReqB:S:C:T=0:0:*:*`,
    `TRES=cpu=${job.cpus},node=1,billing=${job.cpus}`,
    'Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*',
    `MinCPUsNode=${job.cpus} MinMemoryNode=0 MinTmpDiskNode=0`,
    'Features=(null) DelayBoot=00:00:00',
    'OverSubscribe=OK Contiguous=0 Licenses=(null) Network=(null)',
    `Command=${job.command}`,
    `WorkDir=${job.folder}`,
    `StdErr=${file(job.error ?? job.output)}`,
    'StdIn=/dev/null',
    `StdOut=${file(job.output)}`,
    'Power=',
  ];
}
