import type { Table } from './table.ts';

export interface FileFacts {
  /** Size of the file in bytes. */
  bytes: number;
  /** SHA-256 of the file in lower-case hexadecimal. */
  sha256: string;
}

/**
 * The Frictionless Data Package descriptor (version 2) of a folder of CSV files, with one resource per table.
 * `files` has the size and digest of each file by its path, `<table>.csv`. A table without a file is a bug in the program
 * and throws. The same input gives the same descriptor: it contains no time of writing.
 * Source: https://datapackage.org/standard/data-package/, data-resource/ and table-schema/.
 */
export function datapackage(
  name: string,
  description: string,
  tables: readonly Table[],
  files: ReadonlyMap<string, FileFacts>,
) {
  return {
    $schema: 'https://datapackage.org/profiles/2.0/datapackage.json',
    name,
    description,
    resources: tables.map((table) => resource(table, files)),
  };
}

function resource(table: Table, files: ReadonlyMap<string, FileFacts>) {
  const path = `${table.name}.csv`;
  const file = files.get(path);
  if (file === undefined) throw new Error(`${path} is not among the files of the data package`);
  return {
    $schema: 'https://datapackage.org/profiles/2.0/dataresource.json',
    name: table.name,
    type: 'table',
    path,
    description: table.description,
    format: 'csv',
    mediatype: 'text/csv',
    encoding: 'utf-8',
    bytes: file.bytes,
    hash: `sha256:${file.sha256}`,
    schema: {
      $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
      fields: table.columns.map(({ name, type, description }) => ({ name, type, description })),
      missingValues: [{ value: '', label: 'no value: does not apply, or as the column status says' }],
      ...(table.primaryKey.length > 0 && { primaryKey: table.primaryKey }),
    },
  };
}
