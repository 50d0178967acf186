import { Option } from 'commander';
import { UserError } from '../errors.ts';
import { parseInteger, parseNumber } from '../parsing/value-list.ts';

/** The longest timeout in seconds, about 23 days; timers of Node end at 24.8 days. */
const longestTimeout = 2_000_000;

/** How trials are computed, as the user typed it: how long they may take, how often they may fail, and what they leave. */
export interface ComputingFlags {
  readonly retries: string;
  readonly timeout?: string;
  readonly failFast?: boolean;
  readonly failOnDiverged?: boolean;
  readonly maxFailures?: string;
  /** Undefined: true. */
  readonly finals?: boolean;
}

export interface ComputingOptions {
  readonly retries: number;
  /** Seconds; null for none. */
  readonly timeout: number | null;
  readonly maxFailures: number;
  /** Whether a diverged trial makes the command fail, after everything is written. */
  readonly failOnDiverged: boolean;
  /** Whether trainings leave their last state in the store, from which the same trials with more epochs continue. */
  readonly keepFinals: boolean;
}

export function computingOptionsOf(flags: ComputingFlags): ComputingOptions {
  return {
    retries: parseInteger(flags.retries, '--retries', 0, 1000),
    timeout: flags.timeout === undefined ? null : parseSeconds(flags.timeout, '--timeout'),
    maxFailures: parseMaxFailures(flags),
    failOnDiverged: flags.failOnDiverged === true,
    keepFinals: flags.finals !== false,
  };
}

/** The options for trials that fail or diverge, and for what trainings leave. */
export function computingFlags(): Option[] {
  return [
    new Option('--retries <n>', 'how often to retry a failed trial').default('1'),
    new Option('--timeout <seconds>', 'longest time for one trial (default: no limit)'),
    new Option('--max-failures <n>', 'stop after n failed trials (default: no limit)'),
    new Option('--fail-on-diverged', 'end with status 1 if a trial diverged; everything is written first'),
    new Option('--fail-fast', 'stop at the first failed trial; the same as --max-failures 1'),
    new Option(
      '--no-finals',
      'keep no last states of trainings, from which the same trials with more epochs would continue',
    ),
  ];
}

function parseMaxFailures({ failFast, maxFailures }: ComputingFlags): number {
  if (maxFailures !== undefined) return parseInteger(maxFailures, '--max-failures', 1, 1_000_000);
  return failFast === true ? 1 : Number.POSITIVE_INFINITY;
}

function parseSeconds(text: string, flag: string): number {
  const [, amount, unit] = /^([\d.]+)\s*(s|sec|m|min|h)$/.exec(text) ?? [];
  if (unit !== undefined) {
    const factor = unit.startsWith('s') ? 1 : unit === 'h' ? 3600 : 60;
    throw new UserError({
      what: `${flag} has a unit`,
      expected: 'a number of seconds',
      received: text,
      remedy: `write ${flag} ${Number(amount) * factor}`,
    });
  }
  const seconds = parseNumber(text, flag);
  if (seconds > 0 && seconds <= longestTimeout) return seconds;
  throw new UserError({
    what: `${flag} is out of range`,
    expected: `seconds > 0, at most ${longestTimeout}`,
    received: text,
    remedy: `give seconds, such as ${flag} 600`,
  });
}
