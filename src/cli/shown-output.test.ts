import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('README and the other documents show what their commands print', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['docs/update-output.js', '--check'], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}, 180_000);
