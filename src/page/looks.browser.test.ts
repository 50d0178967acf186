import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { experiments } from '../../experiments/index.ts';
import { madeVerification } from '../claims/made-verification.testing.ts';
import { verificationJson } from '../claims/verification-files.ts';
import { renderPage } from '../cli/page.ts';
import { drawAll, launch, makePage, openDetails, program, required } from './page.testing.ts';

/** Cells of the report, whose numbers are compared; settings of many columns; trials that diverge. */
const given = {
  'grid-search ols': { seed: [1, 2], schedule: ['constant'], batchSize: [50, 100, 'all'] },
  ffnn: {
    epochs: [3],
    lambda: [0, 0.01],
    batchSize: [10, 50],
    learningRate: [0.01, 500],
    momentum: [0, 0.9],
  },
};

/** Scripts for the browser, as text: its types are not those of these tests. */
const hidden = `[...document.querySelectorAll('.place')].flatMap((place) => {
  const { left, right } = place.getBoundingClientRect();
  const name = place.textContent.slice(0, 60);
  const outside = [...place.querySelectorAll('table, .best, .badge')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
  });
  return outside.map((one) => name + ': ' + one.tagName + ' ' + one.textContent.slice(0, 40));
})`;
const counts = `['.best', '.badge', '.place table'].map((selector) =>
  [...document.querySelectorAll('main ' + selector)].filter((one) => one.getClientRects().length > 0).length)`;

const shownClaims =
  "[...document.querySelectorAll('.claim')].filter((one) => one.getClientRects().length > 0).length";

/** Every text of a figure: its contrast with what it is on, the page or a cell of a heat map. */
const faintTexts = `(() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const contrast = (a, b) => {
    const [low, high] = [luminance(rgb(a)), luminance(rgb(b))].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const page = getComputedStyle(document.body).backgroundColor;
  return [...document.querySelectorAll('.chart svg text, .strip text')].flatMap((text) => {
    const box = text.getBoundingClientRect();
    if (box.width === 0) return [];
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const cell = [...text.closest('svg').querySelectorAll('.mark-rect.role-mark path, .allowed')].find((one) => {
      const own = one.getBoundingClientRect();
      return getComputedStyle(one).fill !== 'none' && own.left < x && x < own.right && own.top < y && y < own.bottom;
    });
    const on = cell === undefined ? page : getComputedStyle(cell).fill;
    const ratio = contrast(getComputedStyle(text).fill, on);
    return ratio < 4.5 ? [text.textContent + ' on ' + on + ': ' + ratio.toFixed(1)] : [];
  });
})()`;

let folder: string;
let path: string;
let browser: Browser;
let page: Page;

const suite = program === undefined && !required ? describe.skip : describe;

suite('what readers see of the page', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-looks-'));
    await mkdir(join(folder, 'verify'));
    const made = await madeVerification({ contradicted: 3, notRun: 2, diverged: 2, typical: 20 });
    await writeFile(join(folder, 'verify', 'verify.json'), verificationJson(made, []));
    path = await makePage(folder, { experiments, given, quick: false }, renderPage);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(path).href);
    await openDetails(page);
  });
  afterEach(() => page.close());

  test.each([1280, 1024, 768, 390, 320])(
    'at %d pixels no table hides its best numbers or its verdicts, and nothing needs scrolling to the side',
    async (width) => {
      await page.setViewportSize({ width, height: 900 });
      const [best, badges, tables] = await page.evaluate<number[]>(counts);
      expect(best).toBeGreaterThan(4);
      expect(badges).toBeGreaterThan(7);
      expect(tables).toBeGreaterThan(7);
      expect(await page.evaluate(hidden)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    },
  );

  test.each(['light', 'dark'] as const)(
    'every text of a figure is readable in %s mode',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await drawAll(page);
      expect(await page.locator('.chart svg text').count()).toBeGreaterThan(50);
      expect(await page.evaluate(faintTexts)).toEqual([]);
    },
  );

  test('figures change with the mode without being drawn again', async () => {
    await drawAll(page);
    const ink = () =>
      page.evaluate<string>(
        "getComputedStyle(document.querySelector('.chart svg .role-axis-label text')).fill",
      );
    const light = await ink();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ink()).not.toBe(light);
  });

  test('on paper it is black on white, as wide as A4, without what only a screen can do', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await drawAll(page);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    // The width of A4 without its margins.
    await page.setViewportSize({ width: 703, height: 1000 });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(faintTexts)).toEqual([]);
    expect(await page.evaluate(hidden)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    // Every claim, also those that are not chosen on the screen.
    expect(await page.evaluate(shownClaims)).toBe(54);
    const shown =
      "[...document.querySelectorAll('nav, button, select, input, .link')].filter((one) => one.getClientRects().length > 0).length";
    expect(await page.evaluate(shown)).toBe(0);
  });

  test.each([390, 320])('on a phone of %d pixels every verdict is on the screen', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await page.locator('[name=verdict]').selectOption('');
    const outside = `[...document.querySelectorAll('.claim .badge')].filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      return left < 0 || right > innerWidth;
    }).length`;
    expect(await page.evaluate(shownClaims)).toBe(54);
    expect(await page.evaluate(outside)).toBe(0);
  });

  test('claims that do not stand are shown first; they can be chosen and sorted by keyboard', async () => {
    const count = () => page.locator('.claim-controls output').textContent();
    expect(await count()).toBe('12 of 54');
    expect(await page.evaluate(shownClaims)).toBe(12);
    await page.locator('[name=verdict]').selectOption('contradicted');
    expect(await count()).toBe('6 of 54');
    await page.locator('[name=kind]').selectOption('number');
    expect(await count()).toBe('3 of 54');
    await page.locator('[name=words]').focus();
    await page.keyboard.type('(1)');
    expect(await count()).toBe('1 of 54');
    await page.locator('[name=words]').fill('');
    await page.locator('[name=verdict]').selectOption('');
    await page.locator('[name=sort]').selectOption('z');
    const distances = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.claim:not([hidden])')].map((one) => Number(one.dataset.z ?? -1))",
    );
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(distances[0]).toBeGreaterThan(5);
  });

  test('a link leads to its claim, also to one that is not chosen', async () => {
    const id = 'claim-number.10';
    expect(await page.locator(`[id="${id}"]`).isVisible()).toBe(false);
    await page.goto(`${pathToFileURL(path).href}#${id}`);
    await page.locator(`[id="${id}"]`).waitFor();
    expect(await page.evaluate("document.querySelector(':target').id")).toBe(id);
    await page.locator('.doubts a').first().click();
    expect(await page.evaluate("document.querySelector(':target').dataset.verdict")).toBe('contradicted');
  });

  test('without JavaScript it is a plain list of all claims', async () => {
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(pathToFileURL(path).href);
    expect(await plain.locator('.claim').count()).toBe(54);
    expect(await plain.locator('.claim').last().isVisible()).toBe(true);
    expect(await plain.locator('.claim-controls').isVisible()).toBe(false);
    await plain.close();
  });

  test('headings are in order, without a gap', async () => {
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]))",
    );
    expect(levels[0]).toBe(1);
    levels.reduce((last, level) => {
      expect(level - last).toBeLessThan(2);
      return level;
    });
  });
});
