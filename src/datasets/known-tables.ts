import type { Description } from './dataset.ts';

/** What is known of a table whose file has one certain content. */
export type KnownTable = Pick<Description, 'title'> & { readonly source: string; readonly license: string };

const license = 'CC BY 4.0; see data/tables/README.md';

/** Tables that are recognised whatever their file is called: by the SHA-256 of its unpacked bytes. */
export const knownTables: Readonly<Record<string, KnownTable>> = {
  '75b8021d12b47399e50ab6ca4fbc11a8435f91540ecb6bb2434de557a5049510': {
    title: 'Breast Cancer Wisconsin (Diagnostic)',
    source: 'W. H. Wolberg, W. N. Street and O. L. Mangasarian, UCI Machine Learning Repository (1995)',
    license,
  },
  '5677c346137ec9482fc08c632270c352a08574039b8fe61793d72ec2ec64ad94': {
    title: 'Optical Recognition of Handwritten Digits',
    source: 'E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (1998)',
    license,
  },
  '9cc1c345c71bcc9b486b74cbf6063fa66f4bb5e0f603a4b3c3471ec2e5e8e355': {
    title: 'Iris',
    source: 'R. A. Fisher, Annual Eugenics 7 (1936) 179-188, and UCI Machine Learning Repository',
    license,
  },
};
