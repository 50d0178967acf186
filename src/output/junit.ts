import type { Builder } from 'junit-report-builder';
import { groupBy } from './group-by.ts';

/** One test case of a JUnit report. */
export interface JunitCase {
  readonly name: string;
  /** The suite of the case. */
  readonly group: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

/** The cases as JUnit XML, with one suite per group. The same cases give the same bytes. */
export async function junit(name: string, cases: readonly JunitCase[]): Promise<string> {
  const { default: builder } = await import('junit-report-builder');
  // The package's types describe an ES module, but Node loads CommonJS, where the default is the builder itself.
  const report = (builder as unknown as Builder).newBuilder();
  for (const [group, own] of groupBy(cases, (one) => one.group)) {
    const suite = report.testSuite().name(xmlText(group));
    for (const one of own) {
      const testCase = suite.testCase().className(name).name(xmlText(one.name)).time(0);
      if (one.outcome === 'failed') testCase.failure(xmlText(one.message));
      else testCase.standardOutput(xmlText(one.message));
      if (one.outcome === 'skipped') testCase.skipped();
    }
  }
  return `${report.build()}\n`;
}

/** Replaces characters that XML 1.0 does not allow, and the end of a CDATA section, which the library does not escape. */
function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are replaced
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?').replaceAll(']]>', ']] >');
}
