import { expect, test } from '@jest/globals';
import { environmentOf } from './environment.ts';

test('options that are set by variables are left out, and where Slurm is stays', () => {
  const stays = { PATH: '/bin', SLURM_CONF: '/etc/slurm.conf', SLURM_JWT: 'token', SBATCH_EXPORT: 'NONE' };
  const options = {
    ...{ SQUEUE_STATES: 'R', SQUEUE_USERS: 'nobody', SCANCEL_USER: 'nobody', SCANCEL_STATE: 'RUNNING' },
    ...{ SBATCH_PARTITION: 'x', SBATCH_TIMELIMIT: '1', SACCT_FORMAT: 'JobID', SLURM_TIME_FORMAT: 'relative' },
    ...{ SLURM_JOB_ID: '7', SLURM_CPUS_PER_TASK: '3', SALLOC_PARTITION: 'x' },
  };
  expect(environmentOf({ ...stays, ...options })).toEqual({ ...stays, SLURM_BITSTR_LEN: '0' });
});

test('every command asks the cluster to which sbatch submits', () => {
  expect(environmentOf({ SBATCH_CLUSTERS: 'b', SLURM_CLUSTERS: 'a' })).toMatchObject({ SLURM_CLUSTERS: 'b' });
  expect(environmentOf({ SLURM_CLUSTERS: 'a' })).toMatchObject({ SLURM_CLUSTERS: 'a' });
});
