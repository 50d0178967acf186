import type { LauncherOptions } from './slurm-flags.ts';

/**
 * Checks that trials can be launched, before a store is made. Errors: UserError if there is no Slurm here, or if it does not
 * answer a command that does not wait.
 */
export async function checkLauncher({ slurm }: Pick<LauncherOptions, 'slurm'>): Promise<void> {
  if (slurm === null) return;
  const { isDown, readMaxArraySize, SlurmError, whenAnswered } = await import(
    '../launchers/slurm/commands.ts'
  );
  if (slurm.detach) {
    await whenAnswered('nothing was submitted', readMaxArraySize);
    return;
  }
  // The launcher says so, and waits.
  if (await isDown()) return;
  await readMaxArraySize().catch((error) => {
    if (!(error instanceof SlurmError)) throw error;
  });
}
