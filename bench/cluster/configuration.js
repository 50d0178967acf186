// The configuration files of a Slurm whose files, sockets and ports are all its own.
import { join } from 'node:path';

/** The first line of each configuration file. It tells this cluster from one that people use. */
export const mark =
  '# A Slurm for tests, written by fys-nn (bench/cluster). It is stopped and removed after them.';

/** slurm.conf. Times are short, so that tests of failures need not wait long. */
export function slurmConf({ folder, host, user, nodes, cpus, memory, ports, accounting, maxArraySize }) {
  const socket = join(folder, 'munge/socket');
  return `${mark}
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
# A requeued task starts after cred_expire seconds.
AuthInfo=socket=${socket},cred_expire=5
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.%n.pid
SlurmctldLogFile=${folder}/log/slurmctld
SlurmdLogFile=${folder}/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
DebugFlags=NO_CONF_HASH
ReturnToService=2
MaxArraySize=${maxArraySize}
SlurmdTimeout=10
KillWait=5
MinJobAge=30
${
  accounting
    ? `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${ports[1]}
AccountingStoragePass=${socket}
JobAcctGatherType=jobacct_gather/linux`
    : 'AccountingStorageType=accounting_storage/none'
}
${nodes
  .map(
    (name, i) =>
      `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[3 + i]} CPUs=${cpus} RealMemory=${memory} State=UNKNOWN`,
  )
  .join('\n')}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=ALL MaxTime=10 State=UP
`;
}

/** slurmdbd.conf: accounting in a MariaDB that has no passwords and listens on this machine alone. */
export function slurmdbdConf({ folder, user, ports }) {
  return `${mark}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
DbdHost=localhost
DbdPort=${ports[1]}
SlurmUser=${user}
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=${ports[2]}
StorageUser=${user}
StorageLoc=slurm
LogFile=${folder}/log/slurmdbd
PidFile=${folder}/slurmdbd.pid
`;
}
