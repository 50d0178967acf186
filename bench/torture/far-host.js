// Simulates a machine that shares a folder with others through a network: node --import ./far-host.js, in every thread.
//
// FYS_NN_HOST='{"name":"a","folder":"/shared","notes":"/local","delay":2000,"asks":"open","clock":3600000,"speed":10}'
//   folder: what is shared. notes: a folder that is not, for what this simulation must remember.
//   delay: for how many milliseconds this machine sees a name, a size or a listing that others have changed as it saw it last.
//     What it changes itself it sees at once, as with NFS.
//   asks: "open" if opening a file or listing a folder shows the present state, as NFS does (close-to-open consistency);
//     "never" if all of it is seen late, files that are gone included.
//   clock: milliseconds by which its clock is wrong. stamps: "client" if its clock also sets the times of files (Lustre).
//   speed: how many times faster time passes on it, so that 30 seconds need not be waited for.
//   repeats: every n-th change of a name is carried out twice, as if the answer to the first request got lost: a rename finds
//     nothing to rename any more, and a link or a new file exists already.
//   append: { at, code }: the n-th append of each thread to a journal writes half of its data, and fails with this code (ENOSPC,
//     EDQUOT) or, with "kill", takes the process with it.
//   latency: milliseconds that a call takes at most. staleEvery: every n-th look at a lease fails with ESTALE.
// Its boot is another one, so processes of other machines cannot be asked for, and its file system says that it is NFS. Its name
// is that of all machines.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import timers from 'node:timers/promises';

const host = JSON.parse(process.env.FYS_NN_HOST ?? 'null');
if (host !== null) {
  simulateClock(host);
  simulateIdentity(host);
  simulateFolder(host);
  syncBuiltinESMExports();
}

function simulateClock({ clock = 0, speed = 1 }) {
  const now = performance.now.bind(performance);
  const RealDate = Date;
  const begun = RealDate.now();
  const time = () => Math.round(begun + speed * (RealDate.now() - begun) + clock);
  performance.now = () => speed * now();
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [time()] : args));
    }
    static now = time;
  };
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name];
    globalThis[name] = (call, milliseconds, ...rest) => real(call, milliseconds / speed, ...rest);
  }
  const pause = timers.setTimeout;
  timers.setTimeout = (milliseconds, ...rest) => pause(milliseconds / speed, ...rest);
}

function simulateIdentity({ name }) {
  os.hostname = () => 'node';
  const { readFileSync } = fs;
  const boot = Buffer.from(name.padEnd(16, '.')).toString('hex');
  const uuid = boot.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');
  fs.readFileSync = (file, ...rest) =>
    file === '/proc/sys/kernel/random/boot_id' ? `${uuid}\n` : readFileSync(file, ...rest);
  const kill = process.kill.bind(process);
  process.kill = (pid, signal) => {
    if (signal === 0 && pid !== process.pid)
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    return kill(pid, signal);
  };
  fs.promises.statfs = async () => ({ type: 0x6969 });
}

function simulateFolder({ name, folder, notes, delay = 0, asks = 'open', stamps, clock = 0, ...more }) {
  const { latency = 0, staleEvery = Number.POSITIVE_INFINITY, repeats = Number.POSITIVE_INFINITY } = more;
  const {
    linkSync,
    statSync,
    openSync,
    closeSync,
    readSync,
    writeSync,
    fstatSync,
    readFileSync,
    utimesSync,
  } = fs;
  const { open, stat, lstat, readdir } = fs.promises;
  const { setTimeout: pause } = timers;
  const time = () => performance.now() / (more.speed ?? 1);
  const isShared = (file) => typeof file === 'string' && path.resolve(file).startsWith(folder);
  const gone = (file) => Object.assign(new Error(`ENOENT: no such file, '${file}'`), { code: 'ENOENT' });
  const isGone = ({ code }) => code === 'ENOENT';

  // All threads of this machine share what it changed: each notes it, and reads what the others have noted.
  const log = path.join(notes, `${name}.log`);
  const writing = openSync(log, 'a');
  const reading = openSync(log, 'r');
  let position = 0;
  let rest = '';
  const buffer = Buffer.alloc(65_536);
  /** What this thread saw last: by "stat", "names" or "file", and the path. */
  const seen = new Map();
  const forget = (file) => {
    for (const kind of ['stat', 'stat big', 'file']) seen.delete(`${kind} ${file}`);
    for (const kind of ['names', 'entries']) seen.delete(`${kind} ${path.dirname(file)}`);
  };
  const readNotes = () => {
    for (;;) {
      const read = readSync(reading, buffer, 0, buffer.length, position);
      if (read === 0) return;
      position += read;
      const lines = (rest + buffer.toString('utf8', 0, read)).split('\n');
      rest = lines.pop();
      lines.forEach(forget);
    }
  };
  const note = (...files) => {
    for (const file of files.filter(isShared)) {
      const whole = path.resolve(file);
      if (stamps === 'client') {
        try {
          const now = new Date();
          utimesSync(whole, now, now);
        } catch {}
      }
      forget(whole);
      writeSync(writing, `${whole}\n`);
    }
  };
  /** What was seen within the delay, or what is seen now. */
  const cached = (kind, file, look) => {
    readNotes();
    const key = `${kind} ${path.resolve(file)}`;
    const known = seen.get(key);
    if (known !== undefined && time() < known.until) return known.value;
    const value = look();
    seen.set(key, { value, until: time() + delay });
    return value;
  };
  const orError = (look) => {
    try {
      return { found: look() };
    } catch (error) {
      return { error };
    }
  };
  const given = ({ found, error }) => {
    if (error !== undefined) throw error;
    return found;
  };
  const late = () => (latency > 0 ? pause(Math.random() * latency) : undefined);

  let looks = 0;
  const maybeStale = (file) => {
    if (!file.includes('/leases/') || ++looks % staleEvery !== 0) return;
    throw Object.assign(new Error(`ESTALE: stale file handle, open '${file}'`), { code: 'ESTALE' });
  };
  /** The file that this machine still takes for the one of this name, under a name that stays, and its size as far as is known. */
  const lateFile = (file) => {
    const { missing, inode, size } = cached('file', file, () => {
      try {
        const { ino, size } = statSync(file);
        const kept = path.join(notes, `${name}-${ino}`);
        try {
          linkSync(file, kept);
        } catch (error) {
          if (error.code !== 'EEXIST') throw error;
        }
        return { inode: kept, size };
      } catch (error) {
        if (isGone(error)) return { missing: true };
        throw error;
      }
    });
    if (missing) throw gone(file);
    return { inode, size };
  };
  let changes = 0;
  const isRepeated = () => ++changes % repeats === 0;
  let appends = 0;
  /** Writes half of what is appended to a journal, if it is its turn, and fails. */
  const maybeTorn = async (file, handle, method, data) => {
    if (method !== 'appendFile' || !/journal-[^/]*$/.test(file) || ++appends !== more.append?.at) return;
    const bytes = Buffer.from(data);
    await handle.write(bytes.subarray(0, bytes.length >> 1));
    const { code } = more.append;
    if (code === 'kill') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error(`${code}: write '${file}'`), { code });
  };
  const isWritten = (flags = 'r') =>
    typeof flags === 'string'
      ? /[wa+]/.test(flags)
      : (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
  const isFolder = (file) => orError(() => statSync(file).isDirectory()).found === true;
  const clipped = (found, size) => {
    if (found.size > size) found.size = typeof found.size === 'bigint' ? BigInt(size) : size;
    return found;
  };

  fs.promises.open = async (file, flags, ...args) => {
    if (!isShared(file)) return open(file, flags, ...args);
    await late();
    if (isWritten(flags)) {
      const handle = await open(file, flags, ...args);
      note(file);
      if (typeof flags === 'string' && flags.includes('x') && isRepeated()) {
        await handle.close();
        return open(file, flags, ...args);
      }
      for (const method of ['write', 'writeFile', 'appendFile', 'sync', 'datasync']) {
        const real = handle[method].bind(handle);
        handle[method] = async (...data) => {
          await late();
          await maybeTorn(file, handle, method, data[0]);
          const result = await real(...data);
          note(file);
          return result;
        };
      }
      return handle;
    }
    maybeStale(file);
    if (asks !== 'never' || isFolder(file)) return open(file, flags, ...args);
    const { inode, size } = lateFile(file);
    const handle = await open(inode, flags, ...args);
    const [read, readFile, facts] = [handle.read, handle.readFile, handle.stat].map((one) =>
      one.bind(handle),
    );
    let at = 0;
    handle.read = async (bytes, offset, length, from) => {
      const begin = from ?? at;
      const result = await read(bytes, offset, Math.max(0, Math.min(length, size - begin)), begin);
      at = begin + result.bytesRead;
      return result;
    };
    handle.readFile = async (...options) => {
      const bytes = await readFile(...options);
      return typeof bytes === 'string' ? bytes : bytes.subarray(0, size);
    };
    handle.stat = async (...options) => clipped(await facts(...options), size);
    return handle;
  };
  const limits = new Map();
  fs.openSync = (file, flags, ...args) => {
    if (!isShared(file) || isWritten(flags)) return openSync(file, flags, ...args);
    maybeStale(file);
    if (asks !== 'never' || isFolder(file)) return openSync(file, flags, ...args);
    const { inode, size } = lateFile(file);
    const descriptor = openSync(inode, flags, ...args);
    limits.set(descriptor, size);
    return descriptor;
  };
  fs.closeSync = (descriptor) => {
    limits.delete(descriptor);
    return closeSync(descriptor);
  };
  fs.fstatSync = (descriptor, ...args) =>
    clipped(fstatSync(descriptor, ...args), limits.get(descriptor) ?? Number.POSITIVE_INFINITY);
  fs.readSync = (descriptor, bytes, offset, length, from) => {
    const size = limits.get(descriptor);
    if (size === undefined || from === null || from === undefined)
      return readSync(descriptor, bytes, offset, length, from);
    return readSync(descriptor, bytes, offset, Math.max(0, Math.min(length, size - from)), from);
  };
  const plainRead = fs.readFileSync;
  fs.readFileSync = (file, ...args) => {
    const size = typeof file === 'number' ? limits.get(file) : undefined;
    return size === undefined ? plainRead(file, ...args) : readFileSync(file, ...args).subarray(0, size);
  };

  for (const [method, real] of Object.entries({ stat, lstat })) {
    fs.promises[method] = async (file, options) => {
      if (!isShared(file)) return real(file, options);
      await late();
      const kind = options?.bigint === true ? 'stat big' : 'stat';
      const sync = method === 'stat' ? fs.statSync : fs.lstatSync;
      return given(cached(kind, file, () => orError(() => sync(file, options))));
    };
  }
  const { readdirSync } = fs;
  fs.promises.readdir = async (file, options) => {
    if (!isShared(file)) return readdir(file, options);
    await late();
    if (asks !== 'never') return readdir(file, options);
    const kind = options?.withFileTypes === true ? 'entries' : 'names';
    return [...given(cached(kind, file, () => orError(() => readdirSync(file, options))))];
  };
  const changing = [
    'rename',
    'link',
    'copyFile',
    'rm',
    'unlink',
    'mkdir',
    'rmdir',
    'mkdtemp',
    'writeFile',
    'appendFile',
    'utimes',
  ];
  const repeatable = new Set(['rename', 'link', 'unlink', 'mkdir', 'rmdir']);
  for (const method of changing) {
    const real = fs.promises[method];
    fs.promises[method] = async (...args) => {
      const files = args.slice(0, 2).filter(isShared);
      if (files.length > 0) await late();
      try {
        const result = await real(...args);
        return files.length > 0 && repeatable.has(method) && isRepeated() ? await real(...args) : result;
      } finally {
        // Also after an error: whoever asks the server for a change learns what is there.
        note(...files);
      }
    };
  }
}
