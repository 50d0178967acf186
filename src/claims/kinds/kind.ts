import type { z } from 'zod';
import type { Claim } from '../claim-parts.ts';

/** Which values of a statistic are better; null if that is not known. */
export type Better = (statistic: string) => 'lower' | 'higher' | null;

/** A kind of claim. Each stands for numbers and conclusions, which alone are judged. */
export interface ClaimKind<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** The numbers and conclusions that a claim stands for. Errors: Misfit. */
  expand(claim: z.infer<Schema>, better: Better): Claim[];
  /** A claim with comments, in YAML, for the file that `verify --init` writes. */
  readonly example: string;
}

/** Infers the schema's type. */
export function defineKind<Schema extends z.ZodType>(kind: ClaimKind<Schema>): ClaimKind<Schema> {
  return kind;
}

/** A claim whose parts do not fit together. The keys lead from the claim to what is wrong. */
export class Misfit extends Error {
  readonly keys: readonly PropertyKey[];
  readonly expected: string;
  readonly received: unknown;

  constructor(keys: readonly PropertyKey[], expected: string, received?: unknown) {
    super(expected);
    this.keys = keys;
    this.expected = expected;
    this.received = received;
  }
}
