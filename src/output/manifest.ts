import { execFile } from 'node:child_process';
import { arch, cpus, platform, release } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Experiment } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Search } from '../experiment/search.ts';
import type { Stopping } from '../experiment/stopping.ts';
import { packageFolder } from '../files/package-folder.ts';
import { numerics } from '../trial/trial.ts';
import { toJson } from './json.ts';
import type { Remarks } from './remarks.ts';
import type { FileList } from './run-folder.ts';
import type { Records } from './trials-table.ts';
import { programVersion } from './version.ts';

/** Facts that only the run itself knows. */
export interface RunFacts {
  readonly command: readonly string[];
  readonly jobs: number;
  readonly computed: number;
  readonly fromStore: number;
  readonly failed: number;
  readonly startedAt: string;
  readonly seconds: number;
  /** Where the data were on this machine, by their digest; absent if they are bundled or generated. */
  readonly places?: Readonly<Record<string, string>>;
  /** The manifest that this run repeats, and the command that first ran it. */
  readonly rerun?: { readonly manifest: string; readonly command: readonly string[] };
}

/** manifest.json: what ran, with which settings and data, on which machine, and how it ended. */
export async function* manifestPieces(
  plan: Plan,
  records: Records,
  facts: RunFacts,
  files: FileList,
  remarks: Remarks = {},
): AsyncGenerator<string> {
  // Text from users cannot contain these quotes unescaped. The ids of a large grid are inserted one by one.
  const empty = '"ids": []';
  const [before, after] = toJson(await manifest(plan, records, facts, files, remarks)).split(empty);
  yield `${before}"ids": [`;
  let between = '\n';
  for (const { trial } of plan.cells) {
    yield `${between}      "${trial.id}"`;
    between = ',\n';
  }
  yield `\n    ]${after}`;
}

async function manifest(
  plan: Plan,
  records: Records,
  facts: RunFacts,
  files: FileList,
  remarks: Remarks,
): Promise<Record<string, unknown>> {
  const { experiment, variant, quick, lists, search, cells } = plan;
  const definition = await definitionOf(experiment);
  const count = { done: 0, diverged: 0, notRun: 0 };
  for (const [index, { trial }] of cells.entries()) {
    count[records.get(trial.id)?.status ?? 'notRun']++;
    if (index % 1000 === 999) await setImmediate(); // lets Ctrl-C through
  }
  return {
    experiment: experiment.name,
    title: describePlan(plan).title,
    figure: describePlan(plan).figure,
    ...remarks,
    ...(quick ? { warning: quickWarning } : {}),
    quick,
    variant,
    settings: { ...lists, ...search?.space },
    ...(search === undefined ? {} : { search: manifestSearch(search) }),
    ...(plan.stopping === undefined ? {} : { stopping: stoppingFacts(plan.stopping) }),
    // Views make an experiment that is not one of the program's from this.
    ...(definition === null ? {} : { command: experiment.command, definition }),
    data: plan.data.map(({ config, ...description }) => ({ ...config, ...description })),
    trials: {
      total: cells.length,
      ...count,
      ...(plan.absent.length > 0 ? { absentReferences: plan.absent.map(({ note }) => note) } : {}),
      ids: [],
    },
    run: facts,
    ...(await programAndMachine()),
    files,
  };
}

/** What was tried; the ranges and values are among the settings. */
function manifestSearch({ method, trials, seed, distinct, space }: Search) {
  return { method, trials, seed, distinct, options: Object.keys(space) };
}

/** How settings were stopped early, and what that took; rounds.csv says it of each. */
function stoppingFacts({ rule, metric, rounds, cost }: Stopping): Record<string, unknown> {
  return { rule, metric: metric.name, rounds, cost };
}

async function definitionOf(experiment: Experiment): Promise<Record<string, unknown> | null> {
  if (experiment.definition === null) return null;
  const { keptOf } = await import('../experiment/definition.ts');
  return keptOf(experiment);
}

export interface ProgramAndMachine {
  readonly versions: Readonly<Record<string, string | number>>;
  readonly commit: string | null;
  readonly machine: Readonly<Record<string, string | number>>;
}

/** What every manifest says of the program and the machine. */
export async function programAndMachine(): Promise<ProgramAndMachine> {
  return {
    versions: { 'fys-nn': programVersion(), numerics, node: process.versions.node, v8: process.versions.v8 },
    commit: await commitOf(packageFolder),
    machine: {
      platform: platform(),
      release: release(),
      arch: arch(),
      processor: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
    },
  };
}

export const quickWarning =
  'QUICK RUN: fewer epochs and rows than in a full run. Do not compare these numbers with its, or with the report.';

async function commitOf(directory: string): Promise<string | null> {
  try {
    const git = promisify(execFile);
    const options = { cwd: directory, timeout: 2000 };
    const { stdout: top } = await git('git', ['rev-parse', '--show-prefix'], options);
    if (top.trim() !== '') return null;
    return (await git('git', ['rev-parse', 'HEAD'], options)).stdout.trim();
  } catch {
    return null;
  }
}
