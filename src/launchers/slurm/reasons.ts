/** Reasons for which jobs wait until others have ended, a node is back or a limit of theirs allows them (`man squeue`). */
const usual =
  /^(Priority|Resources|BeginTime|Dependency|Licenses|Reservation|Prolog|Cleaning|JobArrayTaskLimit|NodeDown|ReqNodeNotAvail.*|(QOS|Assoc|Grp|Max).*)$/;
/** Limits that a job alone exceeds, and so forever. */
const ownLimit =
  /PerJob|PerNode|MaxMemPerLimit|MinCpu|MinMemory|MinGRES|NotAllowed|QOSTimeLimit|QOSResourceLimit/;

/** Whether a job that waits for this reason may wait forever: it is held, or asks for what its partition does not have. */
export function isDoubtful(reason: string): boolean {
  return reason !== '' && (!usual.test(reason) || ownLimit.test(reason));
}

/** What to do about reasons, the first that fits. JOB is its number. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/^JobHeldUser$/, 'scontrol release JOB lets it start'],
  [/^JobHeldAdmin$/, 'whoever runs the cluster holds it, and can say why'],
  [/held$/, 'scontrol release JOB lets it start, on a node that can'],
  [/DependencyNeverSatisfied/, 'what it depends on has failed; cancel it, and submit without'],
  [
    /TimeLimit|WallDuration/,
    'its time limit is longer than allowed; cancel it, and give a shorter {slurmTime} and {taskTime}',
  ],
  [
    /Account|QOS.*NotAllowed|InvalidQOS|Assoc.*NotAllowed/,
    'its account or QOS may not be used; cancel it, and give {slurmAccount} or a QOS',
  ],
  [/DOWN|DRAINED/, 'it starts when these nodes are back; sinfo -R says what is wrong with them'],
  [
    /^(PartitionConfig|PartitionNodeLimit|BadConstraints)$|PerJob|PerNode|Mem|Cpu|GRES/,
    'no node of its partition has what it asks for; cancel it, and change {slurmCpus}, {slurmMem} or {slurmConstraint}',
  ],
  [/Partition/, 'its partition is closed; sinfo lists the partitions'],
];

/** Why a job may wait forever, and what to do. */
export function waitText(job: string, reason: string): string {
  const hint = hints.find(([said]) => said.test(reason))?.[1] ?? 'scontrol show job JOB says more';
  return `job ${job} waits, and may wait forever: Slurm says ${reason}; ${hint.replace('JOB', job)}`;
}
