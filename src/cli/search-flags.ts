import { Option } from 'commander';
import { searchMethods } from '../experiment/search.ts';
import { choosing } from './command-options.ts';

/** How settings are drawn, as typed. */
export interface SearchFlags {
  readonly search?: string;
  readonly trials?: string;
}

/** The options that draw settings from lists and ranges, in place of every combination. */
export function searchFlags(): Option[] {
  return [
    choosing(
      '--search <method>',
      'grid: every combination of the values; sobol, random: --trials settings drawn from lists and ranges (default: grid)',
      searchMethods,
    ),
    new Option('--trials <n>', 'how many settings a search draws; each is run with every seed'),
  ];
}
