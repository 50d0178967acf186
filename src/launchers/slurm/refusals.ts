import { UserError } from '../../errors.ts';

/** What to do about what sbatch says when it refuses a job, the first that fits. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /partition/i,
    'choose another {slurmPartition}; sinfo lists the partitions, or ask for less time or fewer cores',
  ],
  [
    /invalid account/i,
    'name your account with {slurmAccount}; sacctmgr show associations user=$USER lists those that you have',
  ],
  [
    /\bqos specification|invalid qos/i,
    'choose another with --sbatch-option "--qos=NAME"; sacctmgr show associations user=$USER lists yours',
  ],
  [
    /policy|limit.*(?:submit|job)|(?:submit|job).*limit/i,
    'each task counts as a job: make tasks longer with {taskTime} so that there are fewer, or shorter with {slurmTime} if it is the ' +
      'time that is limited, or wait until other jobs of yours have ended',
  ],
  [/time limit/i, 'give a shorter {slurmTime}, and a shorter {taskTime} if tasks need longer than that'],
  [
    /memory|node configuration|processors|cpu|feature|constraint/i,
    'ask for less with {slurmMem} and {slurmCpus}, or for other features with {slurmConstraint}; sinfo -N -l lists the nodes',
  ],
  [
    /unrecognized option|invalid --|specification/i,
    'correct {sbatchOption}; sbatch --help lists what it takes',
  ],
];

/** Whether it is a limit on how many tasks may be in the queue, as far as Slurm tells: it says the same of some other limits. */
export function isSubmitLimit(message: string): boolean {
  return /job submit limit|submitjob/i.test(message);
}

/** The error for a job that sbatch refuses. */
export function refused(message: string): UserError {
  return new UserError({
    what: 'sbatch refused the job',
    received: message,
    remedy:
      remedies.find(([said]) => said.test(message))?.[1] ??
      'change what it names; {slurmPartition}, {slurmAccount} and the like choose what the cluster wants',
  });
}
