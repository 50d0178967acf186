import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { readManifest } from '../output/earlier-run.ts';
import { remarksIn, remarksText } from '../output/remarks.ts';
import { addExamples } from './examples.ts';
import { newestFolder } from './newest-folder.ts';
import { pageFile } from './page.ts';
import { writeStderr, writeStdout } from './terminal.ts';

/** `fys-nn open`: opens a report's page in the browser and prints its path. Without a display, it only prints the path. */
export function addOpenCommand(program: Command): void {
  const command = program
    .command('open')
    .argument('[folder]', 'folder of the report (default: results, or the newest results/report-... in it)')
    .description("Open a report's page in the browser and print its path")
    .action(async (folder: string | undefined) => {
      const page = folder === undefined ? await latestPage() : pageIn(folder);
      if (!(await isFile(page))) throw missing(folder ?? 'results', page);
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

/** The page of the report's own run; without one, the newest of the runs with other settings. */
async function latestPage(): Promise<string> {
  const own = pageIn('results');
  if (await isFile(own)) return own;
  const newest = await newestFolder('report-', pageFile);
  return newest === null ? own : pageIn(newest);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function missing(folder: string, page: string): UserError {
  return new UserError({
    what: `there is no page ${page}`,
    expected: `a folder that fys-nn report wrote, with ${pageFile} in it`,
    received: folder,
    remedy: `run npx fys-nn report, or name its folder, such as ${join('results', 'report-quick')}`,
  });
}
