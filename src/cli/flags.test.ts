import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import ffnn from '../../experiments/ffnn.ts';
import { UserError } from '../errors.ts';
import rooms from '../rooms.json' with { type: 'json' };
import { experimentCommand } from './experiment.ts';
import { messageOf, withFlags } from './flags.ts';

test('settings in braces become flags, and nothing else does', () => {
  expect(withFlags('{testSize} leaves no rows; raise {samples}, or free {store}')).toBe(
    '--test-size leaves no rows; raise --samples, or free --store',
  );
  expect(withFlags('{ samples } {nothing} {constructor} {Samples} {beta.}')).toBe(
    '{ samples } {nothing} {constructor} {Samples} {beta.}',
  );
});

test('what the user wrote stays as it is', () => {
  const error = new UserError({
    what: '{formula} is wrong',
    expected: 'less than {samples}',
    received: '{samples}',
    remedy: 'lower {samples}',
  });
  expect(messageOf(error)).toBe(
    '--formula is wrong\n  expected: less than --samples\n  received: "{samples}"\n  remedy:   lower --samples',
  );
  expect(messageOf(new Error('lower {samples}'))).toBe('lower --samples');
});

test('an older name of a flag sets the same option, and --help does not have it', () => {
  const command = experimentCommand(new Command(), ffnn).action(() => {});
  command.parse(['--target', 'x*y', '--formula', 'x', '--target', 'y'], { from: 'user' });
  expect(command.opts()).toEqual({ formula: 'x*y, x, y' });
  expect(command.helpInformation()).toContain('--formula <expression>');
  expect(command.helpInformation()).not.toContain('--target');
});

test('every setting that lower rooms name in braces has a flag, and none of them names a flag', () => {
  const low = Object.keys(rooms).slice(0, Object.keys(rooms).indexOf('launchers') + 1);
  const sources = low.flatMap((room) =>
    readdirSync(join('src', room), { recursive: true, encoding: 'utf8' })
      .filter(
        (name) => name.endsWith('.ts') && !/\.test(ing)?\.ts$/.test(name) && !name.startsWith('assembly'),
      )
      .map((name) => join('src', room, name)),
  );
  // These write the flags of Slurm's commands.
  const ofSlurm = ['commands.ts', 'refusals.ts', 'script.ts'].map((name) =>
    join('src/launchers/slurm', name),
  );
  const literals = (paths: readonly string[]) =>
    paths
      .map((path) => readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, ''))
      .flatMap((text) => text.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g) ?? []);
  const named = literals(sources).flatMap((text) => text.match(/(?<!\$)\{[a-z][A-Za-z]*\}/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => withFlags(name) === name)).toEqual([]);
  const flags = literals(sources.filter((path) => !ofSlurm.includes(path))).filter((text) =>
    /(^|[\s'"`(])--[a-z]/.test(text),
  );
  // The one program that these rooms start has a flag of its own; --help is no setting.
  expect(flags.filter((text) => !/^'--versions'$|--help/.test(text))).toEqual([]);
});
