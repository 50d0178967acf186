import { expect, test } from '@jest/globals';
import type { UserError } from '../errors.ts';
import { storeError } from '../store/journal.ts';

test.each([
  ['ENOSPC', /disk is full/, 1],
  ['EDQUOT', /quota/, 1],
  ['EIO', /input\/output error/, 1],
  ['EFBIG', /cannot be that large/, 1],
  ['ENOENT', /no such file or folder/, 1],
  ['EROFS', /read-only/, 2],
  ['EACCES', /permission denied/, 2],
])('%s is said in words', (code, words, exitCode) => {
  const error = storeError('the/store', Object.assign(new Error(`${code}: x`), { code })) as UserError;
  expect(error.message).toMatch(words);
  expect(error.message).toContain('the/store');
  expect(error.exitCode).toBe(exitCode);
});
