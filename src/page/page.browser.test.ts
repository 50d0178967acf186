import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HtmlValidate } from 'html-validate';
import type { Browser, Page } from 'playwright-core';
import { experiments } from '../../experiments/index.ts';
import { renderPage } from '../cli/page.ts';
import { drawAll, launch, makePage, openDetails, program, required, small } from './page.testing.ts';

/** What people look at; git ignores it. */
const screenshots = 'screenshots';
/** What is used of elements: the types of the browser are not those of these tests. */
interface Queried {
  querySelectorAll(selector: string): { length: number };
  getAttribute(name: string): string | null;
}

let folder: string;
let path: string;
let browser: Browser;
let page: Page;
let complaints: string[];

const suite = program === undefined && !required ? describe.skip : describe;

suite('the page in a browser', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-page-'));
    await mkdir(screenshots, { recursive: true });
    path = await makePage(folder, { experiments, given: small, quick: true }, renderPage);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (/^(https?|wss?):/.test(request.url())) complaints.push(`asks the network for ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href);
    await page.waitForSelector('#network[data-ready]');
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.close();
  });

  const answer = () => page.locator('#answer').textContent();

  test('draws every figure with its marks, as it comes near', async () => {
    expect(await page.locator('#mnist figure svg').count()).toBe(0);
    await drawAll(page);
    const marks = await page
      .locator('figure .chart')
      .evaluateAll((charts) =>
        charts.map(
          (chart) =>
            (chart as unknown as Queried).querySelectorAll('.role-mark path, .role-mark text').length,
        ),
      );
    expect(marks.length).toBeGreaterThanOrEqual(4);
    for (const count of marks) expect(count).toBeGreaterThan(2);
    await page.screenshot({ path: join(screenshots, 'light.png'), fullPage: true });
  });

  test('shows a value under the pointer', async () => {
    await drawAll(page);
    await page.locator('#grid-search-ols figure').first().scrollIntoViewIfNeeded();
    await page.locator('#grid-search-ols figure .mark-rect path').first().hover({ force: true });
    await expect(page.locator('#tooltip').textContent()).resolves.toMatch(/learning rate.*\d/);
    await page.locator('#activations figure svg').scrollIntoViewIfNeeded();
    const box = (await page.locator('#activations figure svg').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + 0.4 * box.height);
    await expect(page.locator('#tooltip').textContent()).resolves.toMatch(/epoch.*value.*\d/s);
  });

  test('recognises a drawn 1, by mouse and by keyboard', async () => {
    expect(await answer()).toBe('Nothing drawn yet.');
    await page.locator('#pad').scrollIntoViewIfNeeded();
    const pad = (await page.locator('#pad').boundingBox())!;
    await page.mouse.move(pad.x + 150, pad.y + 40);
    await page.mouse.down();
    await page.mouse.move(pad.x + 135, pad.y + 240, { steps: 12 });
    await page.mouse.up();
    expect(await answer()).toMatch(/^A 1:/);
    await page.locator('#network').screenshot({ path: join(screenshots, 'drawn.png') });
    await page.locator('#pad-clear').click();
    expect(await answer()).toBe('Nothing drawn yet.');
    await page.locator('#pad').focus();
    await page.keyboard.press('Space');
    expect(await page.locator('#pad-status').textContent()).toBe('pen down');
    for (let i = 0; i < 18; i++) await page.keyboard.press('ArrowDown');
    expect(await answer()).toMatch(/^A 1:/);
    await page.keyboard.press('Delete');
    expect(await answer()).toBe('Nothing drawn yet.');
  });

  test('classifies the test images, most of them right, with probabilities that add up', async () => {
    const buttons = await page.locator('button[data-image]').all();
    expect(buttons).toHaveLength(10);
    let right = 0;
    for (const [label, button] of buttons.entries()) {
      await button.press('Enter');
      if ((await answer())?.startsWith(`A ${label}:`)) right++;
      const shares = await page.locator('#probabilities .share').allTextContents();
      const sum = shares.reduce((total, share) => total + Number.parseFloat(share), 0);
      expect(Math.abs(sum - 100)).toBeLessThan(1);
    }
    expect(right).toBeGreaterThanOrEqual(7);
  });

  test('curves are chosen by seed, split and cell, by keyboard', async () => {
    const explorer = page.locator('#activations details.curves');
    await explorer.locator('summary').press('Enter');
    // The chart is drawn when the browser has a moment: wait for as many lines, and fail where they do not come.
    const lines = (count: number) =>
      page.waitForFunction(
        `document.querySelectorAll('#activations details.curves svg .mark-line path').length === ${count}`,
      );
    const bands = () =>
      explorer
        .locator('svg .mark-area path')
        .evaluateAll(
          (paths) =>
            paths.filter((area) => ((area as unknown as Queried).getAttribute('d') ?? '').length > 1000)
              .length,
        );
    await lines(16);
    const withBands = await bands();
    await explorer.locator('select[name=seed]').selectOption('seed 2');
    await lines(16);
    expect(withBands).toBeGreaterThanOrEqual(await bands());
    await explorer.locator('input[value=train]').press('Space');
    await lines(8);
    await explorer.locator('input[name=cell][value="0"]').press('Space');
    await lines(7);
  });

  test('has no serious findings of axe, light, dark and narrow', async () => {
    const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    for (const [name, scheme, width] of [
      ['light', 'light', 1100],
      ['dark', 'dark', 1100],
      ['narrow', 'light', 400],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      await drawAll(page);
      await openDetails(page);
      await page.addScriptTag({ path: axe });
      const findings: { id: string; impact: string; nodes: { html: string }[] }[] = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) })))',
      );
      const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect({ name, serious }).toEqual({ name, serious: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await page.screenshot({ path: join(screenshots, `${name}-open.png`), fullPage: true });
    }
  });

  test('prints with all its figures', async () => {
    await page.emulateMedia({ media: 'print' });
    await page.pdf({ path: join(screenshots, 'print.pdf'), format: 'A4' });
    expect(await page.locator('figure .chart:not([data-drawn])').count()).toBe(0);
  });

  test('is valid HTML of a bearable size', async () => {
    const text = await readFile(path, 'utf8');
    expect((await stat(path)).size).toBeLessThan(8e6);
    const report = await new HtmlValidate({ extends: ['html-validate:standard'] }).validateString(text);
    expect(report.results.flatMap(({ messages }) => messages)).toEqual([]);
  });
});
