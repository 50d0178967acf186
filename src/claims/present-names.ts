import { presentName } from '../experiment/options.ts';
import type { Claim, Quantity } from './claim-parts.ts';

/** The claim with the present names of options that it calls by older ones. */
export function withPresentNames(claim: Claim): Claim {
  if (claim.kind === 'number') return ofQuantity(claim);
  const { quantities, grid } = claim;
  return {
    ...claim,
    ...(claim.for === undefined ? {} : { for: renamed(claim.for) }),
    quantities: Object.fromEntries(
      Object.entries(quantities).map(([name, quantity]) => [name, ofQuantity(quantity)]),
    ),
    ...(grid === undefined ? {} : { grid: ofQuantity(grid) }),
  };
}

function ofQuantity<Q extends Quantity>(quantity: Q): Q {
  const found: Partial<Record<'with' | 'select' | 'except', unknown>> = {};
  for (const key of ['with', 'select', 'except'] as const)
    if (quantity[key] !== undefined) found[key] = renamed(quantity[key]);
  return { ...quantity, ...found };
}

function renamed<Value>(settings: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [presentName(name), value]));
}
