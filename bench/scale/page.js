// Turns bench/results/scale.json into the Markdown of docs/scale.md.
import { readFile } from 'node:fs/promises';
import { table } from '../kernels/page.js';

/** The results that the page shows, from bench/results/. */
export async function readResults() {
  const read = async (name) =>
    JSON.parse(await readFile(new URL(`../results/${name}.json`, import.meta.url), 'utf8'));
  return { found: await read('scale'), join: await read('join'), load: await read('load') };
}

/** Three digits at most, and thousands with commas. */
export function number(x) {
  if (x === 0) return '0';
  const rounded = Number(x.toPrecision(3));
  return Math.abs(rounded) >= 1000 ? rounded.toLocaleString('en-US') : String(rounded);
}

export function duration(seconds) {
  if (seconds < 1) return `${number(1000 * seconds)} ms`;
  if (seconds < 120) return `${number(seconds)} s`;
  return seconds < 7200 ? `${number(seconds / 60)} min` : `${number(seconds / 3600)} h`;
}

const bytes = (count) => {
  if (count < 1e4) return `${number(count)} B`;
  if (count < 1e6) return `${number(count / 1e3)} kB`;
  return count < 1e9 ? `${number(count / 1e6)} MB` : `${number(count / 1e9)} GB`;
};
const percent = (share) =>
  share > 0 && share < 0.01 ? `${(100 * share).toFixed(2)} %` : `${Math.round(100 * share)} %`;
const trialText = (seconds) => `trials of ${duration(seconds)}`;

/** The machine, and a table of each thing that was measured. `join` and `load` are the results of those benchmarks. */
export function measuredText(found, { join, load }) {
  const {
    machine,
    cores,
    node,
    at,
    operations,
    start,
    claims,
    tasks,
    journals,
    sizes,
    planning,
    submission,
  } = found;
  const perTrial = ({ perTrial: parts }, of) => Object.values(parts).reduce((sum, part) => sum + part[of], 0);
  const kindText = { tiny: 'tiny, in batches', short: 'short', long: 'long' };
  const { open, stat } = operations[0].calls.program;
  return [
    `${machine.cpu}, ${cores} cores, Node ${node}; ${at.slice(0, 10)}. A request is a call that a file server's metadata answers: create`,
    'or open (with its close), stat, list, rename, link, remove, make a folder.',
    '',
    'What one more trial costs the file system, in one process (counted with strace):',
    '',
    table(
      ['trial', 'length, under strace', 'requests', 'syncs', 'bytes written'],
      operations.map((one) => [
        ...[kindText[one.name], duration(one.secondsOfTrial), number(perTrial(one, 'requests'))],
        ...[number(perTrial(one, 'syncs')), bytes(perTrial(one, 'bytes'))],
      ]),
    ),
    '',
    `A task takes ${duration(start.cpuSeconds)} of a core to start, opens ${number(open)} files of the program and asks for the state of files ` +
      `${number(stat)} times, most of which a node answers from its cache. What it asks the store, by the number of journals there:`,
    '',
    table(
      ['journals', 'first start, requests', 'start after a requeue, requests'],
      tasks.map((one) => [number(one.journals), number(one.firstStart), number(one.startAgain)]),
    ),
    '',
    `Processes that share a store without being tasks claim trials about once a second, one at a time. A claim takes ${number(claims.requests)} ` +
      `requests, ${number(claims.perProcess)} for each other process, and ${number(claims.perJournal)} for each journal.`,
    '',
    'Opening a store of ten records in each journal, and looking once more for new ones:',
    '',
    table(
      ['journals', 'opening, processor time', 'looking again', 'peak memory'],
      journals.map((one) => [
        ...[
          number(one.journals),
          duration(one.cpuSeconds),
          duration(one.refreshCpuSeconds),
          `${number(one.peakMiB)} MiB`,
        ],
      ]),
    ),
    '',
    'What a trial leaves in the store:',
    '',
    table(
      ['trial', 'record', 'other files', 'their size', 'a million of them'],
      sizes.map((one) => [
        ...[one.name, bytes(one.recordBytes), number(one.otherFiles), bytes(one.otherBytes)],
        bytes(1e6 * (one.recordBytes + one.otherBytes)),
      ]),
    ),
    '',
    'Planning (`--plan`), and cutting a plan into 1,000 tasks and writing their submission:',
    '',
    table(
      ['trials', 'planning, processor time', 'peak memory', 'submission, processor time', 'its files'],
      planning.map((one) => {
        const submitted = submission.find(({ trials }) => trials === one.trials);
        return [
          ...[number(one.trials), duration(one.cpuSeconds), `${number(one.peakMiB)} MiB`],
          submitted === undefined ? '' : duration(submitted.submitCpuSeconds),
          submitted === undefined ? '' : bytes(submitted.bytes),
        ];
      }),
    ),
    '',
    'Merging eight stores (`node bench/join.js`), and finding all trials in a store and writing their tables (`node bench/load.js`):',
    '',
    table(
      ['', 'trials', 'processor time', 'peak memory'],
      [
        ...join.results.filter(({ part }) => part === 'merge').map((one) => ['merging', one.records, one]),
        ...load.results
          .filter(({ part, computed }) => part === 'run' && computed === false)
          .map((one) => ['tables', one.count, one]),
      ].map(([what, trials, { cpuSeconds, peakMiB }]) => [
        ...[what, number(trials), duration(cpuSeconds), `${number(peakMiB)} MiB`],
      ]),
    ),
  ].join('\n');
}

const designText = {
  'claims of a second': 'a claim each second, as processes do that share a store',
  'one claim a task': 'one claim per task, under the lock',
  'no lock for own trials': '**own trials without the lock, as it is**',
};

/** What the simulation says, and what it says of runs that were made. */
export function simulatedText({ machine, finished, bottlenecks, changes, settings, validation }) {
  const timesOf = (results) => [...new Set(results.map(({ trialSeconds }) => trialSeconds))];
  const times = timesOf(finished);
  const diskText = { nfs: 'NFS', lustre: 'Lustre' };
  const cell = ({ seconds, utilisation }) => `${duration(seconds)}, ${percent(utilisation)}`;
  return [
    'Time to finish a million trials on 1,000 cores, and the share of it in which the cores train:',
    '',
    table(
      ['file system', 'tasks have', ...times.map(trialText)],
      ['nfs', 'lustre'].flatMap((disk) =>
        Object.keys(designText).map((design) => [
          ...[diskText[disk], designText[design]],
          ...times.map((seconds) =>
            cell(
              finished.find(
                (one) => one.disk === disk && one.design === design && one.trialSeconds === seconds,
              ),
            ),
          ),
        ]),
      ),
    ),
    '',
    '![Share of their time in which cores train, against the number of cores](scale.svg)',
    '',
    'The first bottleneck on NFS is what would save most time if it cost nothing:',
    '',
    table(
      ['tasks have', ...timesOf(bottlenecks).map(trialText)],
      [...new Set(bottlenecks.map(({ design }) => design))].map((design) => [
        designText[design],
        ...timesOf(bottlenecks).map((seconds) => {
          const { reliefs } = bottlenecks.find(
            (one) => one.design === design && one.trialSeconds === seconds,
          );
          return reliefs
            .slice(0, 2)
            .map(({ resource, gain }) => `${resource}: ${percent(gain)} less`)
            .join('; ');
        }),
      ]),
    ),
    '',
    'One thing changed at a time, on NFS, as the program is:',
    '',
    table(
      ['', ...timesOf(changes).map(trialText)],
      [...new Set(changes.map(({ change }) => change))].map((change) => [
        change,
        ...timesOf(changes).map((seconds) =>
          cell(changes.find((one) => one.change === change && one.trialSeconds === seconds)),
        ),
      ]),
    ),
    '',
    `In the simulation a task starts in ${duration(settings.program.startSeconds)} and ${number(settings.program.startRequests)} requests, a checkpoint is ` +
      `${bytes(settings.program.checkpointBytes)} and ${settings.program.checkpointRequests} requests, a record ${bytes(settings.program.trialBytes)}. The same simulation of runs that this machine can do, next to what they took:`,
    '',
    table(
      ['processes', 'workers', 'predicted', 'measured', 'processor time predicted', 'measured'],
      validation.map((one) => [
        ...[one.processes, one.jobs, duration(one.predicted), duration(one.measured)],
        ...[one.predictedCpu, one.measuredCpu].map((seconds) =>
          seconds === undefined ? '' : duration(seconds),
        ),
      ]),
    ),
    '',
    'The prediction is for a machine that does nothing else. This one had a load of ' +
      `${number(machine.load[0])} when the results were written.`,
  ].join('\n');
}
