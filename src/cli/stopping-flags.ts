import { Option } from 'commander';
import { UserError } from '../errors.ts';
import { racingAlpha, type StoppingRule } from '../experiment/stopping.ts';
import { parseInteger } from '../parsing/value-list.ts';

/** What the user typed about stopping settings early. */
export interface StoppingFlags {
  readonly halving?: string | true;
  readonly minEpochs?: string;
  readonly racing?: boolean;
}

/** The options that stop settings which cannot win. */
export function stoppingFlags(): Option[] {
  return [
    new Option(
      '--halving [eta]',
      'successive halving: all settings get few epochs, the best 1 in eta (default: 3) continue with eta times as many, and so on',
    ),
    new Option('--min-epochs <n>', 'epochs of the first round of --halving (default: epochs / eta^2)'),
    new Option(
      '--racing',
      'compare settings after some of the seeds, and stop those that cannot win (at most 5 % risk for the best); not with --halving',
    ),
  ];
}

/** Checks the flags. Null: no setting is stopped. */
export function stoppingRuleOf({ halving, minEpochs, racing }: StoppingFlags): StoppingRule | null {
  if (halving !== undefined && racing === true) {
    throw new UserError({
      what: '--halving and --racing exclude each other: one stops settings after some epochs, the other after some seeds',
      expected: 'one of them',
      received: '--halving --racing',
      remedy: 'run --halving first, and then --racing with the settings that it leaves',
    });
  }
  if (minEpochs !== undefined && halving === undefined) {
    throw new UserError({
      what: '--min-epochs has no effect without --halving',
      expected: '--halving --min-epochs N',
      received: `--min-epochs ${minEpochs}`,
      remedy: 'add --halving, or leave out --min-epochs',
    });
  }
  if (racing === true) return { kind: 'racing', alpha: racingAlpha };
  if (halving === undefined) return null;
  return {
    kind: 'halving',
    eta: halving === true ? 3 : parseInteger(halving, '--halving', 2, 1000),
    minEpochs: minEpochs === undefined ? null : parseInteger(minEpochs, '--min-epochs', 1, 1e9),
  };
}
