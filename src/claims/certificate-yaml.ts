import type { FileFacts } from '../output/datapackage.ts';
import type { Certificate, CertificateFacts } from './certificate.ts';

/** The version of the specification that the certificate follows. */
const specification = 'https://codecheck.org.uk/spec/config/1.0/';

/** What the files of a verification are, by the ends of their names. */
const comments: readonly (readonly [string, string])[] = [
  ['claims.csv', 'every number and conclusion: published, runs, distance, verdict'],
  ['figures.csv', 'the numbers of each figure, judged together'],
  ['winners.csv', 'the best cells of grids'],
  ['datapackage.json', 'the columns of the tables, and their digests'],
  ['verdicts.json', 'one word for each claim, for --expect'],
  ['verify.json', 'the whole verification, with the values of all runs'],
  ['verify.md', 'the verdicts as tables'],
  ['junit.xml', 'the verdicts as test cases'],
  ['certificate.md', 'this certificate for readers'],
];

/**
 * The certificate as YAML, with the fields of CODECHECK's configuration file. A program cannot know the ORCID of authors, nor
 * the number that a register would give: what it does not know is left out. All that is not CODECHECK's is below `fys-nn`.
 *
 * The same records give the same bytes. Source: https://codecheck.org.uk/spec/config/1.0/.
 */
export async function certificateYaml(
  { summary, counts, contradicted }: Certificate,
  { report, claims, runs, command, program }: CertificateFacts,
  files: ReadonlyMap<string, FileFacts>,
): Promise<string> {
  const { Document } = await import('yaml');
  const { versions, commit, machine } = program;
  const content = {
    version: specification,
    manifest: [...files.keys()].map((file) => ({ file, comment: commentOf(file) })),
    paper: {
      title: report.title,
      ...(report.author === undefined ? {} : { authors: [{ name: report.author }] }),
      ...(report.reference === undefined ? {} : { reference: report.reference }),
    },
    codechecker: [{ name: `fys-nn ${versions['fys-nn']} (a program)` }],
    report: `certificate.md, sha256:${files.get('certificate.md')!.sha256}`,
    summary,
    ...(runs.kind === 'own' && runs.ended !== null ? { check_time: runs.ended } : {}),
    'fys-nn': {
      ...{ versions, commit, machine, command, claims, runs },
      verdicts: counts,
      contradicted,
      sha256: Object.fromEntries([...files].map(([file, { sha256 }]) => [file, sha256])),
    },
  };
  const document = new Document(content, { version: '1.1', aliasDuplicateObjects: false });
  document.directives!.docStart = true;
  document.directives!.yaml.explicit = true;
  return document.toString({ lineWidth: 100 });
}

function commentOf(file: string): string {
  return comments.find(([name]) => name === file)?.[1] ?? 'written by fys-nn verify';
}
