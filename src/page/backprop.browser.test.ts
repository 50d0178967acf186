import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { madeResult, madeResultNames } from './backprop.testing.ts';
import { backpropPage } from './backprop.ts';
import { launch, program, required } from './page.testing.ts';

/** Scripts for the browser, as text: its types are not those of these tests. */
const outside = `[...document.querySelectorAll('body *')].filter((one) => {
  const { left, right, width } = one.getBoundingClientRect();
  return width > 0 && (left < -1 || right > innerWidth + 1) && !one.closest('.equation, .unseen');
}).map((one) => one.tagName + ' ' + one.textContent.slice(0, 40))`;

/** Texts of the drawing and of marks that are hard to read: their contrast with what they are on. */
const faint = `(() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const contrast = (a, b) => {
    const [low, high] = [luminance(rgb(a)), luminance(rgb(b))].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const of = (text, color, on) => (contrast(color, on) < 4.5 ? [text + ': ' + color + ' on ' + on] : []);
  const page = getComputedStyle(document.body).backgroundColor;
  const lit = [...document.querySelectorAll('.lit')].flatMap((one) => {
    const fill = getComputedStyle(one.querySelector('rect')).fill;
    return of(one.textContent, getComputedStyle(one.querySelector('text')).fill, fill);
  });
  const signs = [...document.querySelectorAll('.mark')].flatMap((one) => {
    const { color, backgroundColor } = getComputedStyle(one);
    return of(one.textContent, color, backgroundColor === 'rgba(0, 0, 0, 0)' ? page : backgroundColor);
  });
  return [...lit, ...signs];
})()`;

/** Marks of the drawing whose text is wider than their box. */
const tooWide = `[...document.querySelectorAll('.lit')].filter((one) =>
  one.querySelector('text').getBBox().width > one.querySelector('rect').getBBox().width - 1).map((one) => one.textContent)`;

/** Equations that are drawn as one line of plain text would be: browsers that do not know MathML. */
const heights = `[...document.querySelectorAll('.equation:not(.worked) math')].map((one) => one.getBoundingClientRect().height)`;

/** Equations that paper would cut. */
const cutEquations = `[...document.querySelectorAll('.equation')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)`;

let folder: string;
let browser: Browser;

const suite = program === undefined && !required ? describe.skip : describe;

suite('what readers see of the page of a recording', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fys-nn-backprop-'));
    for (const name of madeResultNames) {
      const page = backpropPage(madeResult(name), {
        file: 'mine.json',
        command: 'npx fys-nn trace check mine.json',
      });
      await writeFile(join(folder, `${name}.html`), page);
    }
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const open = async (name: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    return page;
  };

  test.each(madeResultNames)('%s fits on screens and paper, and every mark is readable', async (name) => {
    const page = await open(name);
    for (const width of [1280, 768, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(outside)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    expect(await page.evaluate(tooWide)).toEqual([]);
    for (const media of [{ colorScheme: 'light' }, { colorScheme: 'dark' }] as const) {
      await page.emulateMedia(media);
      expect(await page.evaluate(faint)).toEqual([]);
    }
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 703, height: 1000 });
    expect(await page.evaluate(faint)).toEqual([]);
    expect(await page.evaluate(outside)).toEqual([]);
    expect(await page.locator('svg.network').isVisible()).toBe(true);
    for (const height of await page.evaluate<number[]>(heights)) expect(height).toBeGreaterThan(15);
    expect(await page.evaluate(cutEquations)).toEqual([]);
    await page.close();
  });

  test('screen readers hear what the drawing shows', async () => {
    const page = await open('weights only');
    const [title, text] = await page.evaluate<string[]>(
      "document.querySelector('svg.network').getAttribute('aria-labelledby').split(' ').map((id) => document.getElementById(id).textContent)",
    );
    expect(title).toBe('Network 2-20-1');
    expect(text).toContain('layer 0: 20 units, sigmoid: z not recorded, a not recorded');
    expect(text).toContain('kernel first difference');
    await page.close();
  });
});
