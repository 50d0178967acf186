import { describe, expect, test } from '@jest/globals';
import { datapackage } from './datapackage.ts';
import type { Table } from './table.ts';

const trials: Table = {
  name: 'trials',
  description: 'One row a trial.',
  columns: [
    { name: 'id', type: 'string', description: 'SHA-256 of the config' },
    { name: 'epochs', type: 'integer', description: 'passes over the data' },
    { name: 'mse', type: 'number', description: 'of the test set' },
  ],
  primaryKey: ['id'],
  rows: [],
};
const files = new Map([['trials.csv', { bytes: 12, sha256: 'ab12' }]]);

describe('datapackage', () => {
  const descriptor = datapackage('grid-search-ols', 'Figure 3.', [trials], files);

  test('is a version 2 descriptor of one CSV', () => {
    expect(descriptor).toMatchObject({
      $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
      name: 'grid-search-ols',
      description: 'Figure 3.',
    });
    expect(descriptor.resources).toHaveLength(1);
    expect(descriptor.resources[0]).toMatchObject({
      name: 'trials',
      type: 'table',
      path: 'trials.csv',
      format: 'csv',
      mediatype: 'text/csv',
      encoding: 'utf-8',
      bytes: 12,
      hash: 'sha256:ab12',
    });
  });

  test('only the empty cell is a missing value', () => {
    const schema = descriptor.resources[0]?.schema;
    expect(schema?.missingValues).toMatchObject([{ value: '' }]);
    expect(schema?.fields[0]).toEqual({
      name: 'id',
      type: 'string',
      description: 'SHA-256 of the config',
    });
    expect(schema?.fields[2]).toEqual({ name: 'mse', type: 'number', description: 'of the test set' });
  });

  test('a table without a key has no primaryKey', () => {
    expect(descriptor.resources[0]?.schema).toHaveProperty('primaryKey', ['id']);
    const keyless = datapackage('x', '', [{ ...trials, primaryKey: [] }], files);
    expect(keyless.resources[0]?.schema).not.toHaveProperty('primaryKey');
  });

  test('the same input gives the same bytes', () => {
    const again = datapackage('grid-search-ols', 'Figure 3.', [trials], files);
    expect(JSON.stringify(again)).toBe(JSON.stringify(descriptor));
  });

  test('a table whose file was not written is refused', () => {
    expect(() => datapackage('x', '', [{ ...trials, name: 'curves' }], files)).toThrow('curves.csv');
  });
});
