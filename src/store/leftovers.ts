import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lookAt } from '../files/directories.ts';
import { numerics } from '../trial/trial.ts';
import { attachmentFolder } from './attachments.ts';
import { checkpointFolder, trialOfCheckpoint } from './checkpoints.ts';
import { leaseFolder } from './lease-file.ts';
import { isOwn, isOwnTemporary, kinds, storeFilesIn } from './own-files.ts';
import type { Survey } from './survey.ts';

/**
 * The paths of files that are of no use: checkpoints of finished trials, attachments without a record, and what killed processes
 * have left: temporary files, indexes without their journals, states without an index.
 */
export async function leftoversIn(
  directory: string,
  { records, attachments, finals }: Pick<Survey, 'records' | 'attachments' | 'finals'>,
): Promise<string[]> {
  const isOf = (folder: string, kind: keyof typeof kinds) => (name: string) =>
    isOwnTemporary(kinds[kind], folder, name);
  const choose = async (folder: string, isLeftover: (name: string) => boolean): Promise<string[]> =>
    (await storeFilesIn(folder)).filter(isLeftover).map((name) => join(folder, name));
  const [leases, states] = [leaseFolder, checkpointFolder].map((of) => of(directory));
  const journalKinds = (['journal', 'index', 'failures', 'setAside'] as const).map((kind) =>
    isOf(directory, kind),
  );
  const isIndexAlone = (name: string): boolean =>
    isOwn(kinds.index, directory, name) && !existsSync(join(directory, name.replace(/index$/, 'jsonl')));
  const attached = await Promise.all(
    [...attachments].map(async ([kind, { whole }]) => {
      const folder = attachmentFolder(directory, kind);
      const removed: string[] = [];
      for (const [id, name] of whole) {
        const path = join(folder, name);
        // A process that was taken for dead may be about to write the record.
        const isLeft = records.has(id) ? records.get(id)?.numerics !== numerics : await isOld(path);
        if (isLeft) removed.push(path);
      }
      return [...(await choose(folder, isOf(folder, kind))), ...removed];
    }),
  );
  return [
    ...(await choose(directory, (name) => journalKinds.some((isPart) => isPart(name)) || isIndexAlone(name))),
    // A living process that is just writing one writes it again. Dead leases are removed at the next claim.
    ...(await choose(leases, isOf(leases, 'lease'))),
    ...(await choose(
      states,
      (name) => isOf(states, 'checkpoint')(name) || records.has(trialOfCheckpoint(directory, name) ?? ''),
    )),
    ...attached.flat(),
    ...finals.parts.map((path) => join(directory, path)),
  ];
}

/** Milliseconds: longer than any process is suspended between two files that belong together, and than clocks differ. */
const day = 24 * 3_600_000;

/** Whether a file was last changed more than a day ago. */
async function isOld(path: string): Promise<boolean> {
  const file = await lookAt(path);
  return file !== null && Date.now() - file.time > day;
}
