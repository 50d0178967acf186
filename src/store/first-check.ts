import type { TrialRecord } from '../trial/trial.ts';
import { createTrial, idsBySeed, numerics, type TrialConfig } from '../trial/trial.ts';
import { configTextOf, type Decoded, decodeChecked, decodeLine, hasItsChecksum } from './journal.ts';

/** Checks and decodes a line that was not checked before, without its newline. */
export type FirstCheck = (line: Buffer) => Decoded;

/** So many kinds of configs are remembered. */
const mostKnown = 1000;

/**
 * Returns `decodeLine` for many lines: configs that differ in their seed alone, as those of a grid with many seeds, are parsed
 * once. What it does not find right at once is left to `decodeLine`.
 */
export function createFirstCheck(): FirstCheck {
  const known = new Map<string, KnownConfig>();
  return (line) => {
    const text = line.toString();
    const configText = configTextOf(text);
    if (configText !== null && hasItsChecksum(line)) {
      const decoded = decodeChecked(text);
      if ('record' in decoded && isOfConfig(decoded.record, configText, known)) return decoded;
    }
    return decodeLine(text);
  };
}

interface KnownConfig {
  readonly config: TrialConfig;
  /** Made for the second one. */
  idOf: ((seed: number) => string) | null;
}

/** Whether the record's id is that of its config, whose text is given. */
function isOfConfig(record: TrialRecord, text: string, known: Map<string, KnownConfig>): boolean {
  const parts = splitAtSeed(text);
  if (parts === null) return false;
  const [others, seed] = parts;
  const found = known.get(others);
  if (found === undefined) {
    const { config } = record;
    if (config.numerics !== numerics || config.seed !== seed || createTrial(config).id !== record.id)
      return false;
    if (known.size === mostKnown) known.clear();
    known.set(others, { config, idOf: null });
    return true;
  }
  found.idOf ??= idsBySeed(found.config);
  return found.idOf(seed) === record.id;
}

const seedField = '"seed":';

/** The text without its only field `seed`, and the seed; null if it is not that simple. */
function splitAtSeed(text: string): [string, number] | null {
  const at = text.indexOf(seedField);
  const from = at + seedField.length;
  if (at < 0 || text.indexOf(seedField, from) >= 0) return null;
  const digits = /\d+/y;
  digits.lastIndex = from;
  const [found = ''] = digits.exec(text) ?? [];
  const seed = Number(found);
  if (String(seed) !== found || !Number.isSafeInteger(seed)) return null;
  return [text.slice(0, from) + text.slice(from + found.length), seed];
}
