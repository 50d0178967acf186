import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import type { ResultFolder } from '../output/result-folders.ts';
import type { Wanted } from '../store/catalog.ts';
import { addExamples } from './examples.ts';
import { defaultStore } from './run-flags.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';

interface Flags {
  readonly store: string;
  readonly results: string;
  readonly tag?: string;
  readonly since?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `fys-nn runs`: what was run: the trials in the store by model and data, and the folders of results. */
export function addRunsCommand(program: Command): void {
  const command = program
    .command('runs')
    .description('List what was run: trials in the store by model and data, and results folders')
    .option('--store <dir>', 'folder that keeps finished trials', defaultStore)
    .option('--results <dir>', 'folder with results folders', 'results')
    .option('--tag <name>', 'only runs with this tag, and their trials')
    .option('--since <time>', 'only what ended later: 2026-11-29, 2026-11-29T16:00, or 90min, 12h, 7d ago')
    .option('--all', 'list everything, not only the last 20 of each')
    .option('--json', 'print as JSON, and errors too')
    .action(listRuns);
  addExamples(command, [
    ['runs', 'the last runs, and the best value of each kind of model'],
    ['runs --tag baseline --since 7d', 'those with a tag, of the last week'],
  ]);
}

async function listRuns(flags: Flags): Promise<void> {
  const { findResultFolders } = await import('../output/result-folders.ts');
  const { catalogOf } = await import('../store/catalog.ts');
  const since = flags.since === undefined ? null : sinceText(flags.since, Date.now());
  if (flags.tag !== undefined) {
    const { checkTag } = await import('../output/remarks.ts');
    checkTag(flags.tag);
  }
  const found = await findResultFolders(flags.results);
  const folders = found.filter((one) => isWanted(one, flags.tag, since));
  const wanted: Wanted = { since, tagged: taggedRuns(found, flags.tag), onlyTagged: flags.tag !== undefined };
  const catalog = await catalogOf(flags.store, wanted);
  const { catalogJson, showCatalog, folderJson, showFolders } = await import('./show-runs.ts');
  if (flags.json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson({ store: flags.store, ...catalogJson(catalog), folders: folders.map(folderJson) }));
  } else {
    const { screenOf } = await import('./screen.ts');
    const { width } = screenOf(process.stdout);
    // What reads a pipe finds each command in one line.
    const commandWidth = process.stdout.isTTY ? width : Number.POSITIVE_INFINITY;
    const most = flags.all === true ? Number.POSITIVE_INFINITY : 20;
    const filter = filterText(flags.tag, since);
    const parts = [
      showCatalog(flags.store, catalog, most, width, filter),
      showFolders(flags.results, folders, most, { width, commandWidth }, filter),
    ];
    writeStdoutRaw(`${parts.join('\n\n')}\n`);
  }
  if (catalog.unread > 0)
    writeStderr(`note: ${catalog.unread} lines in ${flags.store} are not records: see fys-nn store check`);
}

function isWanted({ run }: ResultFolder, tag: string | undefined, since: string | null): boolean {
  if (tag !== undefined && run?.remarks.tags?.includes(tag) !== true) return false;
  return since === null || (run?.startedAt ?? '') >= since;
}

function taggedRuns(folders: readonly ResultFolder[], tag: string | undefined): Wanted['tagged'] {
  return folders.flatMap(({ run, tagged }) => {
    const tags = run?.remarks.tags ?? [];
    return tagged === null || (tag !== undefined && !tags.includes(tag)) ? [] : [{ tags, ids: tagged }];
  });
}

/** " with tag x since 2026-11-29 16:00". */
function filterText(tag: string | undefined, since: string | null): string {
  const time = since === null ? '' : ` since ${since.slice(0, 16).replace('T', ' ')}`;
  return `${tag === undefined ? '' : ` with tag ${tag}`}${time}`;
}

const units = { min: 60, h: 3600, d: 86_400 } as const;

/** A time as records have it, in ISO 8601. Errors: neither a time nor an age. */
export function sinceText(text: string, now: number): string {
  const [, count, unit] = /^(\d{1,6})(min|h|d)$/.exec(text) ?? [];
  if (unit !== undefined)
    return new Date(now - Number(count) * units[unit as keyof typeof units] * 1000).toISOString();
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?$/.test(text);
  const time = isTime ? Date.parse(text.includes('T') ? text.replace(/Z?$/, 'Z') : text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UserError({
    what: '--since is not a time',
    expected: 'a date such as 2026-11-29, a time such as 2026-11-29T16:00 (UTC), or an age: 90min, 12h, 7d',
    received: text,
    remedy: 'write --since 7d for the last week',
  });
}
