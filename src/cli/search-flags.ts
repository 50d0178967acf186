import { Option } from 'commander';
import { searchMethodHelp, searchMethods } from '../experiment/search-methods.ts';
import { choosing } from './command-options.ts';

/** How settings are drawn, as typed. */
export interface SearchFlags {
  readonly search?: string;
  readonly trials?: string;
}

/** The options that draw settings from lists and ranges, in place of every combination. */
export function searchFlags(): Option[] {
  return [
    choosing('--search <method>', `${searchMethodHelp('--trials settings')} (default: grid)`, searchMethods),
    new Option('--trials <n>', 'how many settings a search draws; each is run with every seed'),
  ];
}
