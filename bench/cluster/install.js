// Whether a Slurm for tests may and can be started here; installs it on Debian and Ubuntu.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mark } from './configuration.js';

const daemons = ['munged', 'slurmctld', 'slurmd', 'sbatch'];

/** Whether a program is on the path. */
export const installed = (program) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

/** The folders in which Slurm and its packages keep a cluster's configuration. */
const folders = ['/etc/slurm', '/etc/slurm-llnl', '/usr/local/etc', '/run/slurm/conf'];

/** Null if a Slurm can be started, installed first if need be; otherwise the reason why it cannot, as the end of a sentence. */
export function prepare(env = process.env) {
  if (process.platform !== 'linux') return 'Slurm needs Linux';
  const configurations = [env.SLURM_CONF ?? '', ...folders.map((folder) => `${folder}/slurm.conf`)];
  const theirs = configurations.find((file) => existsSync(file) && !isOurs(file));
  if (theirs !== undefined)
    return `this machine belongs to a cluster (${theirs}), which tests must not disturb`;
  if (daemons.every(installed)) return null;
  if (process.getuid() !== 0 || !installed('apt-get'))
    return 'Slurm is not installed, and only root can install it with apt-get';
  console.log('installing Slurm with apt-get');
  const apt = (...args) =>
    spawnSync('apt-get', ['-y', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
    }).status === 0;
  apt('update');
  if (!apt('install', '--no-install-recommends', 'slurm-wlm', 'munge'))
    return 'apt-get cannot install slurm-wlm and munge';
  // With these, sacct is tested too.
  apt('install', '--no-install-recommends', 'slurmdbd', 'mariadb-server-core');
  return daemons.every(installed) ? null : 'apt-get has not installed Slurm';
}

const isOurs = (file) => readFileSync(file, 'utf8').startsWith(mark);
