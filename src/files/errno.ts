/** The operating system's error codes in plain words: "… could not be written: the disk is full". */
const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EBUSY: 'another process is using it',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of this name exists already',
  EFBIG: 'a file cannot be that large here',
  EIO: 'the disk reports an input/output error',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file is where a folder is needed',
  EPERM: 'the operation is not permitted',
  ERR_FS_EISDIR: 'it is a folder',
  ESTALE: 'another machine has removed or replaced it',
  NOFILE: 'it is not a regular file',
  EROFS: 'the file system is read-only',
};

/** The code of an error, such as ENOSPC; undefined for an error that has none. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The reason for an error of the operating system, in a few words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (error instanceof SyntaxError) return 'it is not JSON';
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  return reasons[code] ?? `system error ${code}`;
}

/** Whether the path is used for something else, or access is not permitted. */
export function isWrongPath(error: unknown): boolean {
  return ['EACCES', 'EEXIST', 'EISDIR', 'ENOTDIR', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '');
}

/** Whether a file is gone. On a network file system, one that another machine removed while it was open has a code of its own. */
export function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESTALE'].includes(codeOf(error) ?? '');
}

/** Whether a file that cannot be read now may be whole: the disk, the network or the system is at fault. */
export function mayBeReadLater(error: unknown): boolean {
  return ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM', 'ESTALE', 'ETIMEDOUT'].includes(codeOf(error) ?? '');
}

/** Whether the disk is full or broken. */
export function isDiskFault(error: unknown): boolean {
  return ['EDQUOT', 'EFBIG', 'EIO', 'ENOSPC'].includes(codeOf(error) ?? '');
}

/** Whether the error may only mean that another process has the file open, as Windows reports it. */
export function isBusy(error: unknown): boolean {
  return ['EACCES', 'EBUSY', 'EPERM'].includes(codeOf(error) ?? '');
}
