import { Option } from 'commander';
import { UserError } from '../errors.ts';

/** Part k of n of the trials; k counts from 1. */
export interface Shard {
  readonly k: number;
  readonly n: number;
}

const mostShards = 10_000;

export function shardFlag(): Option {
  return new Option(
    '--shard <k/n>',
    'compute only part k of n of the trials, such as 3/8, into the store; write no results',
  ).argParser<string>((text, earlier) => {
    if (earlier === undefined) return text;
    throw new UserError({
      what: '--shard is there twice',
      expected: 'one part of the trials',
      received: `--shard ${earlier} --shard ${text}`,
      remedy: 'leave out one of them, or run the command once for each part',
    });
  });
}

/** Reads "3/8". Errors: UserError, with the likely meaning of other notations. */
export function parseShard(text: string | undefined): Shard | null {
  if (text === undefined) return null;
  const written = /^([0-9]{1,9})\/([0-9]{1,9})$/.exec(text);
  if (written === null) throw notShard(text);
  const [k, n] = [Number(written[1]), Number(written[2])];
  if (n === 0 || n > mostShards) {
    throw new UserError({
      what: `--shard ${text} divides the trials into ${n} parts`,
      expected: `a number of parts from 1 to ${mostShards}`,
      received: text,
      remedy: 'write --shard 1/8 for the first of 8 parts',
    });
  }
  if (k === 0 || k > n) {
    throw new UserError({
      what: `--shard ${text} names part ${k} of ${n}`,
      expected: `a part from 1 to ${n}`,
      received: text,
      remedy: `write --shard 1/${n} for the first part and --shard ${n}/${n} for the last`,
    });
  }
  return { k, n };
}

function notShard(text: string): UserError {
  const [, k, n] = /^\s*(\d{1,9})\s*(?:of|\/|:|-|,|in|out of|\s)\s*(\d{1,9})\s*$/i.exec(text) ?? [];
  return new UserError({
    what: '--shard does not name a part of the trials',
    expected:
      'two whole numbers with a slash between them: the part, counted from 1, and how many parts there are',
    received: text,
    remedy: k === undefined ? 'write --shard 3/8 for the third of 8 parts' : `write --shard ${k}/${n}`,
  });
}
