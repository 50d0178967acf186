import { Option } from 'commander';
import { printableText, UserError } from '../errors.ts';
import type { LauncherName } from '../launchers/index.ts';
import type { SlurmSettings, SubmittedBy } from '../launchers/slurm/settings.ts';
import { parseChoice, parseInteger } from '../parsing/value-list.ts';

/** The flags that choose who computes the trials, as the user typed them. */
export interface LauncherFlags {
  readonly launcher?: string;
  readonly taskTime?: string;
  readonly slurmPartition?: string;
  readonly slurmAccount?: string;
  readonly slurmTime?: string;
  readonly slurmCpus?: string;
  readonly slurmMem?: string;
  readonly slurmConstraint?: string;
  readonly sbatchOption?: readonly string[];
  readonly latencyWait?: string;
  readonly slurmPoll?: string;
  readonly slurmPatience?: string;
  readonly detach?: boolean;
  /** Of the options for any run: it has no effect with `inline`. */
  readonly timeout?: string;
}

/** Who computes the trials. */
export interface LauncherOptions {
  readonly launcher: LauncherName;
  /** Null with other launchers. */
  readonly slurm: SlurmSettings | null;
}

const launcherNames = ['threads', 'inline', 'slurm'] as const satisfies LauncherName[];

/** The names of these options. None of them decides a number. */
export const launcherFlagNames = [
  ...([
    'launcher',
    'taskTime',
    'slurmPartition',
    'slurmAccount',
    'slurmTime',
    'slurmCpus',
    'slurmMem',
  ] as const),
  ...(['slurmConstraint', 'sbatchOption', 'latencyWait', 'slurmPoll', 'slurmPatience', 'detach'] as const),
] satisfies (keyof LauncherFlags)[];

/** The heading of these options in --help. */
export const clusterHeading = 'A cluster:';

export function launcherFlags(): Option[] {
  const launcher = new Option(
    '--launcher <name>',
    'who computes the trials: threads of this process; inline, one after another; slurm, jobs of a cluster',
  ).default('threads');
  launcher.argChoices = [...launcherNames];
  return [
    launcher,
    new Option('--task-time <time>', 'how long a job of the cluster is to take, such as 10m (default: 10m)'),
    new Option('--slurm-partition <name>', 'partition of the jobs'),
    new Option('--slurm-account <name>', 'account that pays for the jobs'),
    new Option(
      '--slurm-time <time>',
      'time limit of a job, at least 2m (default: 3 times the longest task, and 5 minutes)',
    ),
    new Option('--slurm-cpus <n>', 'cores of a job; each computes one trial at a time (default: 1)'),
    new Option('--slurm-mem <size>', "memory of a job, such as 4G (default: the cluster's)"),
    new Option('--slurm-constraint <features>', 'features that nodes must have'),
    new Option(
      '--sbatch-option <option>',
      'any other option of sbatch, such as "--qos=long"; may be given several times',
    ).argParser((option: string, before: readonly string[] = []) => [...before, option]),
    new Option('--detach', 'return when the jobs are submitted; fys-nn attach waits for them'),
    new Option(
      '--latency-wait <time>',
      'how long to wait for records of a job that has ended, on a slow shared file system (default: 60s)',
    ),
    new Option(
      '--slurm-poll <time>',
      'shortest time between two looks at the queue (default: 3s)',
    ).hideHelp(),
    new Option(
      '--slurm-patience <time>',
      'how long to wait for Slurm when it does not answer (default: 1h)',
    ).hideHelp(),
  ];
}

/** The longest time that is accepted, in seconds: 1000 days. */
const longestTime = 86_400_000;
/** The shortest time limit of a task: it is warned a minute before, and by Slurm's clocks up to a minute earlier. */
const shortestLimit = 120;

/** Checks the flags. Errors: UserError. */
export function launcherOptionsOf(flags: LauncherFlags): LauncherOptions {
  const launcher = parseChoice(flags.launcher ?? 'threads', launcherNames, '--launcher');
  if (launcher !== 'slurm') {
    const idle = launcherFlagNames.find((name) => name !== 'launcher' && flags[name] !== undefined);
    if (idle !== undefined) throw needsSlurm(idle);
    if (launcher === 'inline' && flags.timeout !== undefined) throw timeoutInline();
    return { launcher, slurm: null };
  }
  const word = (value: string | undefined, flag: string) =>
    value === undefined ? null : parseWord(value, flag);
  return {
    launcher,
    slurm: {
      partition: word(flags.slurmPartition, '--slurm-partition'),
      account: word(flags.slurmAccount, '--slurm-account'),
      time: flags.slurmTime === undefined ? null : parseSlurmTime(flags.slurmTime),
      cpus: parseInteger(flags.slurmCpus ?? '1', '--slurm-cpus', 1, 256),
      mem: flags.slurmMem === undefined ? null : parseMemory(flags.slurmMem),
      constraint: word(flags.slurmConstraint, '--slurm-constraint'),
      options: (flags.sbatchOption ?? []).map(parseSbatchOption),
      taskTime: parseTime(flags.taskTime ?? '10m', '--task-time', 0.0001),
      latencyWait: parseTime(flags.latencyWait ?? '60s', '--latency-wait', 0),
      poll: parseTime(flags.slurmPoll ?? '3s', '--slurm-poll', 0),
      patience: parseTime(flags.slurmPatience ?? '1h', '--slurm-patience', 0),
      detach: flags.detach === true,
    },
  };
}

const flagOfName = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function needsSlurm(name: string): UserError {
  const flag = flagOfName(name);
  return new UserError({
    what: `${flag} has no effect without --launcher slurm`,
    expected: `${flag} with --launcher slurm`,
    remedy: `add --launcher slurm, or leave out ${flag}`,
  });
}

function timeoutInline(): UserError {
  return new UserError({
    what: '--timeout has no effect with --launcher inline, which runs trials in the thread of the program itself',
    expected: '--timeout with another launcher',
    remedy: 'leave out --timeout, or --launcher inline',
  });
}

/** A name that goes into the job's script. */
function parseWord(text: string, flag: string): string {
  if (text !== '' && text.length <= 1000 && printableText.test(text) && !text.startsWith('-')) return text;
  throw new UserError({
    what: `${flag} is not a name that Slurm could know`,
    expected: 'printable characters on one line, the first of which is not -',
    received: text,
    remedy: `give the name alone, such as ${flag} main`,
  });
}

const units = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 } as const;

/** Reads "90s", "10m", "1.5h" or "2d" as seconds. */
export function parseTime(text: string, flag: string, least: number): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(s|m|min|h|d)$/.exec(text.trim()) ?? [];
  const seconds = Number(amount) * units[unit as keyof typeof units];
  if (seconds >= least && seconds <= longestTime) return seconds;
  throw new UserError({
    what: `${flag} is not a time`,
    expected: 'a number and its unit: s, m, h or d',
    received: text,
    remedy: `write ${flag} 90s, ${flag} 10m or ${flag} 2h`,
  });
}

/** Reads a time as Slurm writes it (minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]), or as above. */
export function parseSlurmTime(text: string): number {
  const [, days, first, second = '', third = ''] =
    /^(?:(\d{1,4})-)?(\d{1,6})(?::(\d{1,2}))?(?::(\d{1,2}))?$/.exec(text) ?? [];
  const [a, b, c] = [first, second, third].map(Number);
  // "5" and "5:30" begin with minutes, "1:05:30" and "2-5" with hours.
  const isHours = days !== undefined || third !== '';
  const seconds =
    first === undefined
      ? parseTime(text, '--slurm-time', 0)
      : Number(days ?? 0) * 86_400 + (isHours ? 3600 * a + 60 * b + c : 60 * a + b);
  if (seconds >= shortestLimit && seconds <= longestTime) return seconds;
  throw new UserError({
    what: '--slurm-time is out of range',
    expected: 'at least 2 minutes, since a task is warned a minute before, and at most 1000 days',
    received: text,
    remedy: 'write --slurm-time 2h or --slurm-time 02:00:00',
  });
}

function parseMemory(text: string): string {
  if (/^\d{1,12}[KMGT]?$/i.test(text) && Number.parseInt(text, 10) > 0) return text.toUpperCase();
  throw new UserError({
    what: '--slurm-mem is not an amount of memory',
    expected: 'a whole number, and K, M, G or T; without one of these, megabytes',
    received: text,
    remedy: 'write --slurm-mem 4G',
  });
}

/** Options of sbatch that have a flag of their own. */
const withFlag: Readonly<Record<string, string>> = {
  partition: '--slurm-partition',
  account: '--slurm-account',
  time: '--slurm-time',
  'cpus-per-task': '--slurm-cpus',
  mem: '--slurm-mem',
  constraint: '--slurm-constraint',
};
/** Options of sbatch by which jobs would not be found, not be arrays, or not be what fys-nn waits for. */
const own = [
  ...[
    'array',
    'job-name',
    'output',
    'error',
    'input',
    'open-mode',
    'chdir',
    'signal',
    'requeue',
    'no-requeue',
  ],
  ...[
    'nodes',
    'ntasks',
    'ntasks-per-node',
    'wrap',
    'wait',
    'test-only',
    'parsable',
    'quiet',
    'verbose',
    'help',
  ],
  ...['usage', 'version', 'export-file', 'clusters'],
];
/** Options that are the beginning of such a name, and another option. */
const others = ['export'];

/** Reads "--qos=long", and "qos=long". Errors: UserError for what is not one option, or is set in another way. */
export function parseSbatchOption(text: string): string {
  const [, name, value] = /^(?:--)?([a-z][a-z0-9-]*)(=.*)?$/su.exec(text) ?? [];
  if (name === undefined || text.length > 1000 || !printableText.test(text)) {
    throw new UserError({
      what: '--sbatch-option is not one long option of sbatch',
      expected: 'an option as sbatch --help has it, with = before its value, on one line',
      received: text,
      remedy: 'write --sbatch-option "--qos=long", once for each option',
    });
  }
  // sbatch takes the beginning of a name for the name.
  const meant = [...Object.keys(withFlag), ...own].find((known) => known.startsWith(name));
  if (meant === undefined || others.includes(name)) return `--${name}${value ?? ''}`;
  const flag = withFlag[meant];
  throw new UserError({
    what:
      flag === undefined
        ? `fys-nn sets --${meant} of sbatch itself`
        : `--${meant} of sbatch has an option here`,
    expected: 'another option of sbatch',
    received: text,
    remedy:
      flag === undefined ? 'leave it out' : `write ${flag}${value === undefined ? '' : ` ${value.slice(1)}`}`,
  });
}

/** The command that this process runs, as a submission records it: whether it waits is not a part of it. */
export function thisCommand(): SubmittedBy {
  return { argv: process.argv.slice(2).filter((word) => word !== '--detach'), directory: process.cwd() };
}
