/**
 * Variables that are options of Slurm's commands. Those of sbatch override what the script says, and with those of squeue and scancel
 * (SQUEUE_STATES, SCANCEL_USER, ...) these overlook jobs. Those of a job in which this process runs itself (SLURM_CPUS_PER_TASK, ...)
 * are not the new job's.
 */
const options = /^(SBATCH|SLURM|SQUEUE|SACCT|SCANCEL|SCONTROL|SINFO|SALLOC|SRUN)_/;
/** Those that say where Slurm is and who asks, and what a job gets from the environment. */
const kept = /^(SLURM_(CONF|CONF_SERVER|CLUSTERS|JWT|UMASK)|SBATCH_EXPORT)$/;

/** The environment in which Slurm's commands are run: that of the user, apart from their options. */
export function environmentOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { SLURM_CLUSTERS, SBATCH_CLUSTERS } = env;
  // The other commands must ask where sbatch submits.
  const clusters = SBATCH_CLUSTERS || SLURM_CLUSTERS;
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !options.test(name) || kept.test(name))),
    ...(clusters ? { SLURM_CLUSTERS: clusters } : {}),
    // Lists of indices are cut off at 64 bytes otherwise.
    SLURM_BITSTR_LEN: '0',
  };
}
