import { expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { createProgram } from './program.ts';

async function refusal(...args: string[]): Promise<UserError['parts']> {
  const error = await createProgram(() => {})
    .parseAsync(args, { from: 'user' })
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).exitCode).toBe(2);
  return (error as UserError).parts;
}

test.each([
  [['ffn'], 'there is no such command', 'did you mean ffnn?'],
  [['ols'], 'there is no such command', 'did you mean grid-search ols?'],
  [['grid-serch', 'ols'], 'there is no such command', 'did you mean grid-search?'],
  [['nothing'], 'there is no such command', 'see fys-nn --help'],
  [['grid-search', 'rigde'], 'grid-search has no such command', 'did you mean ridge?'],
  [['help', 'tabel'], 'there is no such command', 'did you mean table?'],
  [
    ['table', 'activation-functions'],
    'activation-functions has no trials, so table has nothing of it in the store',
    'run fys-nn activation-functions',
  ],
  [['table', 'report'], 'table has no such command', 'run fys-nn report'],
  [['nope'], 'there is no such command', 'see fys-nn --help'],
  [['opne'], 'there is no such command', 'did you mean open?'],
  [['store', 'nothing'], 'store has no such command', 'see fys-nn store --help'],
  [['ffnn', '--epoch', '5'], 'ffnn has no such option', 'did you mean --epochs?'],
  [['ffnn', '--learning_rate=1'], 'ffnn has no such option', 'did you mean --learning-rate?'],
  [['ffnn', '--lr', '1'], 'ffnn has no such option', 'did you mean --learning-rate?'],
  [['ffnn', '-j', '1'], 'ffnn has no such option', 'did you mean --jobs?'],
  [['report', '--seeds', '1'], 'report has no such option', 'did you mean --seed?'],
  [
    ['logistic', '--hidden', '5'],
    'logistic has no such option',
    '--hidden is an option of grid-search ffnn, ffnn, activations, mnist and others',
  ],
  [
    ['ffnn', '--data-dir', 'x'],
    'ffnn has no such option',
    '--data-dir is an option of report, verify, mnist, logistic and others',
  ],
  [['data', 'export'], 'data export needs <dataset>', 'see fys-nn data export --help'],
  [['ffnn', '--samples'], '--samples has no value', 'write a value after --samples, or leave it out'],
  [
    ['ffnn', '--seed', '1', '2', '3'],
    'ffnn takes options only',
    'write the values of an option with commas and without spaces between them, such as 1,2,3',
  ],
  [['ffnn', '\u2013seed', '3'], 'ffnn takes options only', 'begin an option with two hyphens: --seed'],
  [
    ['check', 'a', 'b'],
    'check takes only <results> and options',
    expect.stringContaining('fys-nn check --help'),
  ],
  [['list', 'ffnn'], 'list takes options only', 'run fys-nn ffnn as a command of its own'],
])('%j: %s', async (args, what, remedy) => {
  expect(await refusal(...args)).toMatchObject({ what, remedy });
});

test('what is expected names no command that is hidden', async () => {
  const { expected } = await refusal('nothing');
  expect(expected).toMatch(/^one of report, verify, .*, completion, help$/);
});
