import type { Builder } from 'junit-report-builder';

/** One test case of a JUnit report. */
export interface JunitCase {
  readonly name: string;
  /** The suite it stands in. */
  readonly group: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
}

/** Cases as JUnit XML, one suite a group; the same cases give the same bytes. */
export async function junit(name: string, cases: readonly JunitCase[]): Promise<string> {
  const { default: builder } = await import('junit-report-builder');
  // Its types are those of an ES module, but Node gets CommonJS: the default is the builder itself.
  const report = (builder as unknown as Builder).newBuilder();
  for (const group of new Set(cases.map((one) => one.group))) {
    const suite = report.testSuite().name(group);
    for (const one of cases.filter((candidate) => candidate.group === group)) {
      const testCase = suite.testCase().className(name).name(one.name).time(0);
      if (one.outcome === 'failed') testCase.failure(one.message);
      else if (one.outcome === 'skipped') testCase.skipped();
      else testCase.standardOutput(one.message);
    }
  }
  return `${report.build()}\n`;
}
