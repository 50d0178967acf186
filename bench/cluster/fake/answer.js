// What the controller answers to one command, and the faults that a test asks for.

import { sacct } from './accounting.js';
import { Refusal, readArguments } from './options.js';
import { sinfo, squeue } from './queue.js';
import { showConfiguration, showJob } from './show.js';
import { nameOf } from './tasks.js';

const unreachable = 'Unable to contact slurm controller (connect failure)';
const submission = (why) => ({ stderr: `sbatch: error: Batch job submission failed: ${why}\n`, status: 1 });

/** What a command answers instead, by the name of the fault. */
const faults = {
  refused: () =>
    submission("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"),
  unreachable: (name) =>
    name === 'sbatch'
      ? submission(unreachable)
      : { stderr: `slurm_load_jobs error: ${unreachable}\n`, status: 1 },
  'timed-out': (name) =>
    name === 'sbatch'
      ? submission('Socket timed out on send/recv operation')
      : { stderr: 'slurm_load_jobs error: Socket timed out on send/recv operation\n', status: 1 },
};

/** How often each fault was injected. */
const used = new Map();

/** The faults of a list such as sbatch=lost,squeue=unreachable*2,task=killed@3 that concern `name` and are not used up. */
function faultsOf(list, name, socket) {
  return list
    .split(',')
    .map((text) => /^(\w+)=([\w-]+)(?:@(\d+))?(?:\*(\d+))?$/.exec(text.trim()))
    .filter((match) => match !== null && match[1] === name)
    .filter(([text, , , , times]) => {
      const key = `${socket} ${text}`;
      used.set(key, (used.get(key) ?? 0) + 1);
      return times === undefined || used.get(key) <= Number(times);
    })
    .map(([, , fault, index]) => ({ fault, index: Number(index) }));
}

/** The answer to a command: what it prints and its status. */
export function answer(request, controller) {
  const { name, env } = request;
  const injected = faultsOf(request.faults, name, env.FAKE_SLURM);
  const instead = injected.map(({ fault }) => faults[fault]).find((fault) => fault !== undefined);
  if (instead !== undefined) return { stdout: '', ...instead(name) };
  try {
    const stdout = commands[name](request, controller);
    if (injected.some(({ fault }) => fault === 'mute')) return { stdout: '', stderr: '', status: 0 };
    // The job is taken, but nobody learns its id.
    if (injected.some(({ fault }) => fault === 'lost')) return { stdout: '', ...faults['timed-out'](name) };
    return { stdout, stderr: '', status: 0 };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { stdout: '', stderr: error.message, status: error.status };
  }
}

const view =
  (print) =>
  (request, { cluster }) =>
    print(readArguments(request.name, request.args), cluster, request.env);

const commands = {
  sbatch(request, controller) {
    const early = readArguments('sbatch', request.args).given;
    if (early.version === true) return `slurm-wlm ${controller.cluster.version}\n`;
    const injected = faultsOf(request.faults, 'task', request.env.FAKE_SLURM);
    const { job, parsable, quiet } = controller.submit(request, injected);
    if (parsable) return `${job.id}\n`;
    return quiet ? '' : `Submitted batch job ${job.id}\n`;
  },

  squeue: view(squeue),
  sacct: view(sacct),
  sinfo: view(sinfo),

  scancel({ args }, controller) {
    const { given, positionals } = readArguments('scancel', args);
    const named = positionals.flatMap((list) => list.split(/,(?![^[]*\])/)).flatMap(expand);
    const tasks = controller
      .tasks()
      .filter(
        (task) => named.length === 0 || named.includes(nameOf(task)) || named.includes(`${task.job.id}`),
      )
      .filter(({ job }) => given.name === undefined || job.name === given.name)
      .filter(({ state }) => state === 'PENDING' || state === 'RUNNING');
    if (named.length === 0 && given.name === undefined && given.user === undefined)
      throw new Refusal('scancel: error: No job identification provided\n');
    for (const task of tasks) {
      if (given.signal === undefined) controller.cancel(task);
      else if (given.batch || given.full) controller.signal(task, given.signal, given.full === true);
    }
    return '';
  },

  scontrol({ args }, controller) {
    const { given, positionals } = readArguments('scontrol', args);
    const [what, kind, ...rest] = positionals;
    if (what === 'show' && kind === 'config') return showConfiguration(controller.cluster);
    if (what === 'show' && kind === 'job')
      return showJob(rest[0], controller.cluster, given.oneliner === true);
    const act = controller[what];
    if (!['requeue', 'hold', 'release'].includes(what)) throw new Refusal(`invalid keyword: ${what}\n`);
    for (const name of kind.split(',')) {
      const tasks = controller.tasks().filter((task) => nameOf(task) === name || `${task.job.id}` === name);
      if (tasks.length === 0) throw new Refusal(`Invalid job id specified for job ${name}\n`);
      for (const task of tasks) act(task);
    }
    return '';
  },
};

/** The tasks that scancel is given: 1_3, 1_[3-5,7], or a whole job. */
function expand(word) {
  const [, id, list] = /^(\d+)_\[([\d,-]+)\]$/.exec(word) ?? [];
  if (id === undefined) {
    if (!/^\d+(_\d+)?$/.test(word)) throw new Refusal(`scancel: error: Invalid job id ${word}\n`);
    return [word];
  }
  return list.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => `${id}_${first + i}`);
  });
}
