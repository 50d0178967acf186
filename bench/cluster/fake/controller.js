// What slurmctld and slurmd do: starts tasks on nodes as processes, ends them at their limits, requeues them.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { nameOf, readJob } from './tasks.js';

/**
 * The state of a cluster whose tasks are processes of this machine.
 *
 * `speed` is how many times faster than Slurm's its clocks are: with 60, a time limit of one minute ends after a second.
 */
export function createController({ folder, nodes, cpus, speed, ...facts }) {
  const jobs = new Map();
  const tasks = () => [...jobs.values()].flatMap((job) => job.tasks);
  const busy = (name) =>
    tasks().reduce((sum, task) => sum + (task.child !== null && task.node === name ? task.job.cpus : 0), 0);
  /** Slurm's seconds since a moment. */
  const since = (moment) => ((Date.now() - moment) / 1000) * speed;
  const cluster = {
    ...facts,
    ...{ cpus, jobs, tasks, busy },
    /** Whether squeue and scontrol still know a task. */
    visible: (task) => !task.removed && (task.end === null || since(task.end) < facts.minJobAge),
    /** Whether sacct knows a task's state already. */
    accounted: (task) => since(task.changed) >= facts.accountingLag,
    nodes: new Map(nodes.map((name) => [name, { name, up: true, answers: true }])),
  };
  const spool = join(folder, 'spool');
  mkdirSync(spool, { recursive: true });
  const timers = new Set();
  /** All processes that run, those too whose tasks Slurm has given up. */
  const children = new Set();
  let lastId = 0;
  let stopped = false;

  function later(seconds, act) {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        act();
        schedule();
      },
      (seconds * 1000) / speed,
    );
    timers.add(timer);
    return timer;
  }

  /** Starts what can start, in the order in which it was submitted. */
  function schedule() {
    if (stopped) return;
    for (const job of cluster.jobs.values()) {
      for (const task of job.tasks) {
        if (task.state !== 'PENDING' || task.held || task.waits) continue;
        if (job.tasks.filter(({ child }) => child !== null).length >= job.atOnce) {
          task.reason = 'JobArrayTaskLimit';
          continue;
        }
        if (job.cpus > cpus) task.reason = 'PartitionConfig';
        else if (Number.isFinite(job.limit) && job.limit > cluster.partitions[job.partition].limit)
          task.reason = 'PartitionTimeLimit';
        else {
          const node = [...cluster.nodes.values()].find(
            ({ name, up, answers }) =>
              up && answers && (job.nodes ?? [name]).includes(name) && busy(name) + job.cpus <= cpus,
          );
          if (node === undefined) task.reason = 'Resources';
          else start(task, node.name);
        }
      }
    }
  }

  function start(task, node) {
    const { job } = task;
    // The last pending task of an array keeps the array's id.
    const last = !job.tasks.some(
      (other) => other !== task && other.rawId === job.id && other.state === 'PENDING',
    );
    if (task.rawId === job.id && !last) task.rawId = ++lastId;
    Object.assign(task, {
      state: 'RUNNING',
      reason: 'None',
      node,
      start: Date.now(),
      end: null,
      exit: [0, 0],
    });
    Object.assign(task, { ending: null, timers: [], changed: Date.now(), status: [0, 0] });
    if (
      job.faults.some(({ fault, index }) => fault === 'not-launched' && index === task.index) &&
      task.restarts === 0
    ) {
      requeue(task, 'REQUEUED');
      // As Slurm does when a node cannot start a task, for example as it has one of the same id.
      Object.assign(task, { held: true, waits: false, reason: 'launch failed requeued held' });
      return;
    }
    // Slurm expands the folder's path, too.
    const name = (pattern) =>
      resolve(job.folder, pattern).replace(/%([%AajxuNn])/g, (_, letter) => {
        const { index } = task;
        const values = { '%': '%', A: job.id, a: index ?? 4294967294, j: task.rawId, x: job.name };
        return { ...values, u: cluster.user, N: node, n: 0 }[letter];
      });
    const files = [];
    try {
      const out = openSync(name(job.output), job.append ? 'a' : 'w');
      files.push(out);
      if (job.error !== null) files.push(openSync(name(job.error), job.append ? 'a' : 'w'));
      const script = join(spool, `job${task.rawId}`);
      writeFileSync(script, job.script);
      const [program, ...options] = job.script.split('\n')[0].slice(2).trim().split(/\s+/);
      const child = spawn(program, [...options, script, ...job.rest], {
        cwd: job.folder,
        detached: true,
        env: { ...job.env, ...variablesOf(task) },
        stdio: ['ignore', out, files[1] ?? out],
      });
      task.child = child;
      child.node = node;
      children.add(child);
      child.on('exit', () => children.delete(child));
      child.on('error', () => ended(task, child, 53, null, true));
      child.on('exit', (code, signal) => ended(task, child, code, signal));
    } catch {
      // Slurm cannot open the log, or the folder does not exist.
      finish(task, 'FAILED', [0, 53]);
    }
    for (const file of files) closeSync(file);
    if (task.child === null) return;
    for (const { fault, index } of job.faults) {
      if (index !== task.index || task.restarts > 0) continue;
      if (fault === 'killed') later(5, () => kill(task, 'SIGKILL'));
      if (fault === 'node-failure') later(5, () => killNode(node));
    }
    const { limit, signal } = job;
    if (limit === Infinity) return;
    task.timers.push(later(limit, () => stop(task, 'TIMEOUT')));
    if (signal !== null && signal.seconds < limit)
      task.timers.push(later(limit - signal.seconds, () => kill(task, signal.name, false)));
  }

  const variablesOf = ({ job, index, rawId, node, restarts }) => ({
    SLURM_JOB_ID: `${rawId}`,
    SLURM_JOBID: `${rawId}`,
    SLURM_JOB_NAME: job.name,
    SLURM_JOB_NODELIST: node,
    SLURM_JOB_PARTITION: job.partition,
    SLURM_CPUS_ON_NODE: `${job.cpus}`,
    SLURM_SUBMIT_DIR: job.folder,
    SLURM_CLUSTER_NAME: 'test',
    SLURMD_NODENAME: node,
    ...(index === null
      ? {}
      : {
          SLURM_ARRAY_JOB_ID: `${job.id}`,
          SLURM_ARRAY_TASK_ID: `${index}`,
          SLURM_ARRAY_TASK_COUNT: `${job.tasks.length}`,
          SLURM_ARRAY_TASK_MIN: `${job.tasks[0].index}`,
          SLURM_ARRAY_TASK_MAX: `${job.tasks.at(-1).index}`,
        }),
    ...(restarts === 0 ? {} : { SLURM_RESTART_COUNT: `${restarts}` }),
  });

  function kill({ child }, signal, all = true) {
    try {
      process.kill(all ? -child.pid : child.pid, signal);
    } catch {
      // It has ended.
    }
  }

  /** Ends a running task: SIGTERM, and SIGKILL after KillWait. `ending` is its state after that. */
  function stop(task, ending) {
    if (task.child === null) return;
    task.ending ??= ending;
    if (task.ending !== 'REQUEUED') task.state = 'COMPLETING';
    const { child } = task;
    kill(task, 'SIGTERM');
    later(cluster.killWait, () => {
      if (task.child === child) kill(task, 'SIGKILL');
    });
  }

  function ended(task, child, code, signal, unstarted = false) {
    kill({ child }, 'SIGKILL');
    if (task.child !== child || child.lost) return;
    task.status = signal === null ? [code, 0] : [0, constants.signals[signal]];
    const exit = signal === null ? (unstarted ? [0, code] : [code, 0]) : [0, constants.signals[signal]];
    if (task.ending === 'REQUEUED') requeue(task, 'REQUEUED');
    else if (task.ending !== null) finish(task, task.ending, [0, 0]);
    else finish(task, exit[0] === 0 && exit[1] === 0 ? 'COMPLETED' : 'FAILED', exit);
    schedule();
  }

  function finish(task, state, exit) {
    for (const timer of task.timers ?? []) clearTimeout(timer);
    Object.assign(task, { state, exit, end: Date.now(), changed: Date.now(), child: null, held: false });
    task.reason = { TIMEOUT: 'TimeLimit', NODE_FAIL: 'NodeDown' }[state] ?? 'None';
    if (state === 'FAILED') task.reason = exit[1] === 0 ? 'NonZeroExitCode' : 'JobLaunchFailure';
  }

  function requeue(task, state) {
    finish(task, state, [0, 0]);
    const { node, start, end, exit } = task;
    task.earlier.push({ state, node, start, end, exit });
    Object.assign(task, {
      ...{ state: 'PENDING', reason: 'BeginTime', restarts: task.restarts + 1 },
      ...{ node: null, start: null, end: null, exit: [0, 0], changed: Date.now() },
    });
    task.waits = true;
    later(cluster.requeueWait, () => begin(task));
  }

  /** A requeued task has waited long enough. */
  function begin(task) {
    task.waits = false;
    if (task.state === 'PENDING' && !task.held) task.reason = 'None';
  }

  /** Takes a node for down after SlurmdTimeout, unless it answers again. */
  function miss(node) {
    node.answers = false;
    later(cluster.slurmdTimeout, () => {
      if (node.answers) return;
      node.up = false;
      for (const task of tasks()) {
        if (task.child === null || task.node !== node.name) continue;
        if (task.job.requeue) requeue(task, 'NODE_FAIL');
        else finish(task, 'NODE_FAIL', [0, 0]);
      }
    });
  }

  function killNode(name) {
    for (const task of tasks()) {
      if (task.child === null || task.node !== name) continue;
      task.child.lost = true;
      kill(task, 'SIGKILL');
    }
    miss(cluster.nodes.get(name));
  }

  return {
    cluster,
    tasks,
    /** Takes a job. `faults` happen to its tasks. Errors: Refusal. */
    submit(request, faults = []) {
      const read = readJob(lastId + 1, request, cluster);
      const { job } = read;
      job.faults = faults;
      lastId = job.id;
      cluster.jobs.set(job.id, job);
      later(1, () => {});
      return read;
    },
    cancel(task) {
      if (task.state !== 'PENDING') return stop(task, 'CANCELLED');
      // A task of an array that never started is not listed any more.
      task.removed = task.index !== null && task.rawId === task.job.id;
      finish(task, 'CANCELLED', [0, 0]);
    },
    signal: (task, name, all) =>
      kill(task, /^\d+$/.test(name) ? Number(name) : `SIG${name.replace(/^SIG/, '')}`, all),
    requeue(task) {
      stop(task, 'REQUEUED');
    },
    /** Lets requeued tasks start now. */
    begin() {
      for (const task of tasks()) if (task.waits) begin(task);
      schedule();
    },
    /** Lets squeue and scontrol forget what has ended. */
    forget() {
      for (const task of tasks()) task.removed ||= task.end !== null;
    },
    hold(task) {
      if (task.state === 'PENDING') Object.assign(task, { held: true, reason: 'JobHeldUser' });
    },
    release(task) {
      Object.assign(task, { held: false, reason: 'None' });
      schedule();
    },
    killTask(name, signal = 'SIGKILL') {
      for (const task of tasks()) if (nameOf(task) === name && task.child !== null) kill(task, signal);
    },
    /** Kills slurmd and the processes of the node's tasks. */
    killNode,
    /** Kills slurmd alone: what runs on the node runs on. */
    killSlurmd(name) {
      miss(cluster.nodes.get(name));
    },
    startNode(name) {
      Object.assign(cluster.nodes.get(name), { up: true, answers: true });
      // It ends what runs there of tasks that were given up.
      const known = tasks().map(({ child }) => child);
      for (const child of children)
        if (child.node === name && !known.includes(child)) kill({ child }, 'SIGKILL');
      schedule();
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      for (const child of children) kill({ child }, 'SIGKILL');
    },
  };
}
