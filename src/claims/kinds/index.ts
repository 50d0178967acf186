import { bestCell } from './best-cell.ts';
import { central } from './central.ts';
import { conclusion } from './conclusion.ts';
import { number } from './number.ts';
import { order } from './order.ts';
import { table } from './table.ts';
import { threshold } from './threshold.ts';

/** Every kind of claim, by the name that a claims file gives it. To add one, add an entry. */
export const claimKinds = { number, table, central, conclusion, order, 'best cell': bestCell, threshold };
