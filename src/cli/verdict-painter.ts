import { Chalk } from 'chalk';
import { stands, type Verdict } from '../claims/words.ts';

/** Green: stands. Red: contradicted. Yellow: in between. */
export function verdictPainter(color: boolean): (verdict: Verdict, text: string) => string {
  if (!color) return (_, text) => text;
  const chalk = new Chalk({ level: 2 });
  const colors: Partial<Record<Verdict, (text: string) => string>> = {
    contradicted: chalk.red,
    'not run': chalk.dim,
  };
  return (verdict, text) => (colors[verdict] ?? (stands(verdict) ? chalk.green : chalk.yellow))(text);
}
