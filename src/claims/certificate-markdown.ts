import { counted } from '../errors.ts';
import type { FileFacts } from '../output/datapackage.ts';
import { markdownTable, markdownText } from '../output/markdown.ts';
import { type Certificate, type CertificateFacts, type CertifiedRuns, countsText } from './certificate.ts';
import type { Verification } from './verdicts.ts';
import { seedsText } from './verification-sections.ts';

/** The certificate for readers: what was checked, against what, by what, with which result, and how to repeat it. */
export function certificateMarkdown(
  { counts, contradicted }: Certificate,
  { report, claims, runs, command, program }: CertificateFacts,
  verification: Verification,
  files: ReadonlyMap<string, FileFacts>,
): string {
  const { versions, commit, machine } = program;
  const by = [report.author, report.date].filter((part) => part !== undefined).join(', ');
  const sections = [
    `# Certificate: ${markdownText(report.title)}`,
    'Written by a program, in the manner of [CODECHECK](https://codecheck.org.uk). No codechecker has confirmed it.',
    '## What was checked',
    list([
      `The report: ${markdownText(report.title)}${by === '' ? '' : ` (${markdownText(by)})`}${report.reference === undefined ? '' : `, ${markdownText(report.reference)}`}`,
      `Its claims: ${markdownText(claims.file)}, SHA-256 \`${claims.sha256}\``,
    ]),
    '## Against what',
    list([...runsLines(runs), `Seeds: ${markdownText(seedsText(verification))}`]),
    '## Verdicts',
    list(
      Object.entries(counts).map(
        ([kind, words]) => `${kind}: ${Object.keys(words).length === 0 ? 'none' : countsText(words)}`,
      ),
    ),
    contradicted.length === 0
      ? 'No claim is contradicted.'
      : markdownTable(
          ['contradicted', 'where', 'the report says', 'published', 'runs'],
          contradicted.map((one) => [one.claim, one.where, one.says, one.published, one.runs]),
        ),
    'A claim that is not contradicted may still be wrong by less than its resolution, which claims.csv has.',
    '## By what',
    list([
      `fys-nn ${versions['fys-nn']}, numerics ${versions.numerics}${commit === null ? '' : `, commit \`${commit}\``}, Node ${versions.node}`,
      `Machine: ${markdownText(`${machine.processor}, ${machine.platform} ${machine.arch}`)}`,
    ]),
    '## How to repeat it',
    repeatText(runs),
    `\`\`\`sh\n${command}\n\`\`\``,
    'These files then have the same bytes, on any machine:',
    markdownTable(
      ['file', 'bytes', 'SHA-256'],
      [...files].map(([file, { bytes, sha256 }]) => [file, String(bytes), sha256]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function runsLines(runs: CertifiedRuns): string[] {
  if (runs.kind === 'given') {
    return [
      `Runs of another program: ${markdownText(runs.file)}, ${counted(runs.rows, 'row')}, SHA-256 \`${runs.sha256}\``,
    ];
  }
  return [
    `${counted(runs.trials, 'trial')} of fys-nn; SHA-256 of their ids \`${runs.ids_sha256}\``,
    ...runs.data.map(
      ({ title, sha256 }) =>
        `Data: ${markdownText(title)}${sha256 === undefined ? ', generated from the seed' : `, SHA-256 \`${sha256}\``}`,
    ),
  ];
}

function repeatText(runs: CertifiedRuns): string {
  return runs.kind === 'given'
    ? 'Anyone with these two files and Node 20 or newer can judge the claims again. How the runs were made is up to their author.'
    : 'Anyone with Node 20 or newer can make the runs again from their seeds, and judge the claims by them.';
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
