import { expect, test } from '@jest/globals';
import { junit } from './junit.ts';

const cases = [
  { name: 'a', group: 'one', outcome: 'failed', message: '0.4 <> 0.3 ]]> & more \u0001' },
  { name: '"b"', group: 'one', outcome: 'passed', message: 'fine' },
  { name: 'c', group: 'two', outcome: 'skipped', message: 'not run' },
] as const;

test('counts what failed and what was skipped', async () => {
  const xml = await junit('verify', cases);
  expect(xml).toContain('<testsuites tests="3" failures="1" errors="0" skipped="1">');
  expect(xml).toContain('<testsuite name="one" tests="2" failures="1" errors="0" skipped="0">');
  expect(xml).toContain('name="&quot;b&quot;"');
});

test("other people's text cannot end a section or the document", async () => {
  const xml = await junit('verify', cases);
  expect(xml).not.toContain(']]> & more');
  expect(xml).not.toContain('\u0001');
  expect(xml).toBe(await junit('verify', cases));
});
