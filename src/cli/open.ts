import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { printable, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { manifestName, readManifest } from '../output/earlier-run.ts';
import { remarksIn, remarksText } from '../output/remarks.ts';
import { addExamples } from './examples.ts';
import { newestFolder } from './newest-folder.ts';
import { pageFile } from './page.ts';
import { writeStderr, writeStdout } from './terminal.ts';

/** `fys-nn open`: opens the page of a report or a run in the browser and prints its path. Without a display, it only prints the path. */
export function addOpenCommand(program: Command): void {
  const command = program
    .command('open')
    .argument('[folder]', 'folder with a page (default: results, or the newest page in it, reports first)')
    .description('Open the page of a report or a run in the browser and print its path')
    .action(async (folder: string | undefined) => {
      const page = folder === undefined ? await latestPage() : pageIn(folder);
      if (!(await isFile(page))) throw await missing(folder ?? 'results', page);
      writeStdout(page);
      const said = remarksText(remarksIn((await readManifest(dirname(page)).catch(() => null)) ?? {}));
      if (said !== '') writeStderr(`note: ${said}`);
      if (!hasScreen(process.env)) {
        writeStderr('note: no display was found; open this file in a browser');
        return;
      }
      const { default: open } = await import('open');
      try {
        const browser = await open(page);
        browser.on('error', (error) => writeStderr(`note: no browser was found: ${error.message}`));
      } catch (error) {
        writeStderr(`note: no browser was found: ${error instanceof Error ? error.message : error}`);
      }
    });
  addExamples(command, [
    ['open', 'the page of fys-nn report'],
    ['open results/report-quick', 'that of fys-nn report --quick'],
  ]);
}

/** Whether a window can be shown: not in CI, and on Linux only if the environment names a display. */
function hasScreen({ CI, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME }: NodeJS.ProcessEnv): boolean {
  if (CI !== undefined && CI !== 'false') return false;
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return [DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME].some((name) => name !== undefined && name !== '');
}

const pageIn = (folder: string): string => resolve(folder, folder.endsWith('.html') ? '' : pageFile);

/** The page of the report's own run; without one, the newest of the runs with other settings, else of all others. */
async function latestPage(): Promise<string> {
  const own = pageIn('results');
  if (await isFile(own)) return own;
  const report = await newestFolder('report-', pageFile);
  if (report !== null) return pageIn(report);
  const newest = await newestFolder('', pageFile);
  if (newest === null) return own;
  writeStderr(`note: results has no page of a report; this is its newest, of ${printable(newest)}`);
  return pageIn(newest);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function missing(folder: string, page: string): Promise<UserError> {
  const command = await commandIn(dirname(page)).catch(() => []);
  return new UserError({
    what: `there is no page ${page}`,
    expected: `a folder with ${pageFile}, which fys-nn report writes, and every run with --page`,
    received: folder,
    remedy:
      command.length === 0
        ? `run npx fys-nn report, or repeat the command of a run with --page, or name a folder with a page`
        : `repeat the folder's command with --page: ${['npx fys-nn', ...command.map(shellQuoted), '--page'].join(' ')}`,
  });
}

/** The words of the command that wrote a folder; none if it is not the folder of a run. Errors: UserError if its manifest is damaged. */
async function commandIn(folder: string): Promise<readonly string[]> {
  const { runFrom } = await import('../output/stored-run.ts');
  const manifest = await readManifest(folder);
  return manifest === null ? [] : (await runFrom(manifest, join(folder, manifestName))).command;
}
