import { join } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';
import type { Setting } from '../parsing/option.ts';
import type { DatasetName } from './index.ts';
import type { TableChoices } from './table-choices.ts';

/** Data that a user can ask for by name. */
export interface BuiltIn {
  readonly description: string;
  readonly dataset: DatasetName;
  /** The file of a table in data/tables/. */
  readonly file?: string;
  /** The digest of its contents, by which its title, source and licence are known. */
  readonly sha256?: string;
  readonly table?: Partial<TableChoices>;
  /** Settings of the dataset's own options. */
  readonly settings?: Readonly<Record<string, Setting>>;
}

export const builtIns = {
  franke: { description: "Franke's function of x and y with noise", dataset: 'franke' },
  runge: { description: 'the Runge function 1/(1+25x^2) on [-1, 1]', dataset: 'function' },
  'runge-2d': {
    description: 'the Runge function of x and y, 1/((10x-5)^2+(10y-5)^2+1)',
    dataset: 'function',
    settings: { formula: 'runge-2d' },
  },
  formula: { description: 'rows of the function that {formula} gives', dataset: 'function' },
  mnist: { description: 'MNIST, 70 000 handwritten digits of 28 x 28 pixels', dataset: 'images' },
  'breast-cancer': {
    description: '569 tumours with 30 measures of their cells: malignant or benign',
    dataset: 'table',
    file: 'breast-cancer.csv',
    sha256: '75b8021d12b47399e50ab6ca4fbc11a8435f91540ecb6bb2434de557a5049510',
    table: { target: 'diagnosis' },
  },
  digits: {
    description: '1797 handwritten digits of 8 x 8 pixels',
    dataset: 'table',
    file: 'digits.csv.gz',
    sha256: '5677c346137ec9482fc08c632270c352a08574039b8fe61793d72ec2ec64ad94',
    table: { target: 'digit', task: 'classification' },
  },
  iris: {
    description: '150 flowers of 3 species of iris, with 4 measures each',
    dataset: 'table',
    file: 'iris.csv',
    sha256: '9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355',
    table: { target: 'species' },
  },
} as const satisfies Record<string, BuiltIn>;

/** The path of the file of a built-in table. */
export function builtInPath(file: string): string {
  return join(packageFolder, 'data', 'tables', file);
}
