import type { FileContent } from '../files/write-files.ts';
import type { FileFacts } from '../output/datapackage.ts';
import { factsOf } from '../output/earlier-run.ts';
import { withFacts } from '../output/result-files.ts';
import { type CertificateFacts, certificateOf } from './certificate.ts';
import { certificateMarkdown } from './certificate-markdown.ts';
import { certificateYaml } from './certificate-yaml.ts';
import type { Verification } from './verdicts.ts';

/** Adds a certificate to the files of a verification. It has their digests, so they have to be written in this order. */
export function withCertificate(
  files: ReadonlyMap<string, FileContent>,
  verification: Verification,
  facts: CertificateFacts,
): Map<string, FileContent> {
  const written = new Map<string, FileFacts>();
  const certificate = certificateOf(verification, facts);
  const all = new Map<string, FileContent>();
  for (const [name, content] of files) {
    const note = (found: FileFacts) => written.set(name, found);
    if (typeof content === 'function') all.set(name, () => withFacts(content(), note));
    else {
      note(factsOf(content));
      all.set(name, content);
    }
  }
  all.set('certificate.md', async function* () {
    const text = certificateMarkdown(certificate, facts, verification, inOrder(files, written));
    written.set('certificate.md', factsOf(text));
    yield text;
  });
  all.set('certificate.yml', async function* () {
    yield await certificateYaml(
      certificate,
      facts,
      inOrder(new Map([...files, ['certificate.md', '']]), written),
    );
  });
  return all;
}

function inOrder(
  files: ReadonlyMap<string, unknown>,
  written: ReadonlyMap<string, FileFacts>,
): Map<string, FileFacts> {
  return new Map([...files.keys()].map((name) => [name, written.get(name)!]));
}
