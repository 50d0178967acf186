import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ols from '../../experiments/grid-search-ols.ts';
import { figureFiles } from './files.ts';
import { draw } from './index.ts';
import type { TrialResult } from './results.ts';

const trials = [0.1, 0.01].map(
  (learningRate): TrialResult => ({
    settings: { seed: 1, batchSize: 10, learningRate },
    status: 'done',
    divergedAt: null,
    metrics: { bootstrap_mse: learningRate, bootstrap_r2: 1 - learningRate },
    curves: {},
  }),
);
const figures = draw({ experiment: ols, variant: 'code', quick: false, data: [], trials });

async function pdf(): Promise<Buffer> {
  return (await figureFiles(figures, ['pdf'])).get('heat-maps.pdf') as Buffer;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-pdf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The text of the file with its streams decompressed. */
function contentOf(file: Buffer): string {
  const text = file.toString('latin1');
  return text.replace(/stream\n(.*?)\nendstream/gs, (whole, stream: string) => {
    try {
      return inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
    } catch {
      return whole;
    }
  });
}

test('a PDF has its fonts embedded, and letters rather than shapes', async () => {
  const content = contentOf(await pdf());
  const fonts = [...content.matchAll(/\/BaseFont \/(\S+)/g)].map(([, name]) => name);
  expect(fonts.length).toBeGreaterThan(0);
  for (const name of fonts) expect(name).toMatch(/^[A-Z]{6}\+DejaVuSans/);
  expect(content.match(/\/FontFile2/g)).toHaveLength(new Set(fonts).size);
  expect(content).toContain('/ToUnicode');
  // Two pixels a point.
  const [, width] = /MediaBox \[0 0 ([\d.]+)/.exec(content)!;
  expect(Number(width)).toBeLessThan(260);
});

test('the same figure gives the same PDF', async () => {
  expect((await pdf()).equals(await pdf())).toBe(true);
});

test('its text can be selected', async () => {
  const file = join(folder, 'figure.pdf');
  await writeFile(file, await pdf());
  try {
    const text = execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' });
    for (const part of ['learning rate', 'test R²', 'lower (brighter) is better'])
      expect(text).toContain(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // poppler is not installed.
  }
});
