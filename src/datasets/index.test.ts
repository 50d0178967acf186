import { describe, expect, test } from '@jest/globals';
import { commonOptions } from '../experiment/options.ts';
import type { Option } from '../parsing/option.ts';
import { solvers } from '../trial/solvers/index.ts';
import { datasetEntry, datasetNames, datasets } from './index.ts';

type Owned = readonly (readonly [owner: string, name: string, option: Option])[];

const owned: Owned = Object.entries({ ...datasets, ...solvers }).flatMap(([owner, { options }]) =>
  Object.entries(options as Record<string, Option>).map(([name, option]) => [owner, name, option] as const),
);

/** Options of one name that are not one option: the name is the flag, so only one of them could be given. */
function conflicts(options: Owned): string[] {
  return options.flatMap(([owner, name, option], i) =>
    options.slice(i + 1).flatMap(([other, otherName, otherOption]) => {
      const isSame = option.parse === otherOption.parse && form(option) === form(otherOption);
      return name === otherName && !isSame ? [`${owner}.${name} and ${other}.${name}`] : [];
    }),
  );
}

/** What the command line and the tables know of an option. Datasets describe it in their own words. */
const form = ({ type, choices, placeholder }: Option) => JSON.stringify([type, choices, placeholder]);

describe('the options that datasets and solvers have of their own', () => {
  test('are one option where two entries have one of the same name', () => {
    expect(owned.length).toBeGreaterThan(20);
    expect(conflicts(owned)).toEqual([]);
  });

  test('have no name of an option that all share', () => {
    expect(owned.filter(([, name]) => name in commonOptions)).toEqual([]);
  });

  test('would be found out otherwise', () => {
    const [owner, name, option] = owned.find(([, one]) => one === 'transpose')!;
    const own = (changes: Partial<Option>): Owned => [...owned, ['another', name, { ...option, ...changes }]];
    expect(conflicts(own({}))).toEqual([]);
    expect(conflicts(own({ parse: (text) => text }))).toEqual([`${owner}.${name} and another.${name}`]);
    expect(conflicts(own({ placeholder: 'other' }))).toEqual([`${owner}.${name} and another.${name}`]);
  });
});

describe.each(datasetNames)('%s', (name) => {
  const { options, description, title, source, license } = datasetEntry(name);

  test('has defaults that its own options take', () => {
    for (const option of Object.values(options)) {
      expect(option.parse(String(option.default), '--option')).toBe(option.default);
    }
  });

  test('says what it is, who made it and on what terms', () => {
    for (const text of [description, title, source, license]) expect(text.length).toBeGreaterThan(4);
  });
});
