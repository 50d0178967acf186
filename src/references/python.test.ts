import { describe, expect, test } from '@jest/globals';
import { fitLimits, runPythonForJson } from './python.ts';

/** Any program that prints will do. */
const follow = async (program: string, end = (_line: string) => false) => {
  const heard: string[] = [];
  const outcome = await runPythonForJson('/bin/sh', ['-c', program], fitLimits, (line) => {
    heard.push(line);
    return !end(line);
  });
  return { heard, outcome };
};

describe('a program that reports its progress', () => {
  test('each line is heard once, and the last one is the answer', async () => {
    const { heard, outcome } = await follow(
      `echo '[1]'; sleep 0.1; echo '[2]'; printf '{"a":'; sleep 0.1; echo '3}'`,
    );
    expect(heard).toEqual(['[1]', '[2]', '{"a":3}']);
    expect(outcome).toEqual({ answer: { a: 3 } });
  });

  test('ends with its standard input when a line ends it', async () => {
    const { outcome } = await follow(`echo 1; echo 2; cat; exit 4`, (line) => line === '1');
    expect(outcome).toEqual({ failure: 'it ended with status 4' });
  });

  test('that fails on the way is a failure', async () => {
    const { outcome } = await follow(`echo '[1]'; echo 'no memory' >&2; exit 1`);
    expect(outcome).toEqual({ failure: 'no memory' });
  });
});
