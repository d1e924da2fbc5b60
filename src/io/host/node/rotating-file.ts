// A log file that is turned over before it grows too large, as lumberjack does it for etcd: the old one
// is named by the time, compressed if asked to, and removed when too old or too many.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

export interface RotationOptions {
  readonly fileBytesMax: number;
  /** 0 keeps files whatever their age. */
  readonly ageDaysMax: number;
  /** 0 keeps all. */
  readonly backupsMax: number;
  readonly localTime: boolean;
  readonly compress: boolean;
}

const dayMs = 86_400_000;

export class RotatingFile {
  readonly #path: string;
  readonly #options: RotationOptions;
  readonly #nowMs: () => number;
  #file: number;
  #bytes: number;
  #compressing: Promise<void> = Promise.resolve();

  /** Goes on with the file that is there. Throws when it cannot be opened. */
  constructor(path: string, options: RotationOptions, nowMs: () => number) {
    this.#path = path;
    this.#options = options;
    this.#nowMs = nowMs;
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    this.#file = openSync(path, "a", 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  /** Throws what writing throws; a line is never cut in two. */
  write(text: string): void {
    const length = Buffer.byteLength(text);
    if (this.#bytes > 0 && this.#bytes + length > this.#options.fileBytesMax) this.#turnOver();
    this.#bytes += writeSync(this.#file, text);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Resolves when no file is being compressed. */
  settled(): Promise<void> {
    return this.#compressing;
  }

  #turnOver(): void {
    closeSync(this.#file);
    const backup = this.#backupPath();
    renameSync(this.#path, backup);
    this.#file = openSync(this.#path, "a", 0o600);
    this.#bytes = 0;
    if (this.#options.compress) this.#compressing = this.#compressing.then(() => compress(backup));
    this.#removeOld();
  }

  /** name-2006-01-02T15-04-05.000.log; a name that is taken waits for the next millisecond. */
  #backupPath(): string {
    const { folder, stem, extension } = partsOf(this.#path);
    for (let ms = this.#nowMs(); ; ms++) {
      const path = join(folder, `${stem}-${timeText(ms, this.#options.localTime)}${extension}`);
      if (!existsSync(path) && !existsSync(`${path}.gz`)) return path;
    }
  }

  #removeOld(): void {
    const { ageDaysMax, backupsMax, localTime } = this.#options;
    if (ageDaysMax === 0 && backupsMax === 0) return;
    const { folder, stem, extension } = partsOf(this.#path);
    const oldest = timeText(this.#nowMs() - ageDaysMax * dayMs, localTime);
    const backups = readdirSync(folder)
      .map((file) => ({ file, time: backupTime(file, stem, extension) }))
      .filter(({ time }) => time !== undefined)
      .toSorted((a, b) => (a.time! < b.time! ? 1 : -1));
    for (const [at, { file, time }] of backups.entries()) {
      const isTooMany = backupsMax > 0 && at >= backupsMax;
      const isTooOld = ageDaysMax > 0 && time! < oldest;
      if (isTooMany || isTooOld) unlinkSync(join(folder, file));
    }
  }
}

function partsOf(path: string): { folder: string; stem: string; extension: string } {
  const extension = extname(path);
  return { folder: dirname(path), stem: basename(path, extension), extension };
}

/** The time in a backup's name; undefined of other files. */
function backupTime(file: string, stem: string, extension: string): string | undefined {
  const name = file.replace(/\.gz$/, "");
  if (!name.startsWith(`${stem}-`) || !name.endsWith(extension)) return undefined;
  const time = name.slice(stem.length + 1, name.length - extension.length);
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/.test(time) ? time : undefined;
}

function timeText(ms: number, isLocal: boolean): string {
  const offsetMs = isLocal ? new Date(ms).getTimezoneOffset() * 60_000 : 0;
  return new Date(ms - offsetMs).toISOString().slice(0, -1).replaceAll(":", "-");
}

/** Off the main thread; what goes wrong leaves the file as it is. */
async function compress(path: string): Promise<void> {
  try {
    const target = createWriteStream(`${path}.gz`, { mode: 0o600 });
    await pipeline(createReadStream(path), createGzip(), target);
    unlinkSync(path);
  } catch {
    // The log is whole, only larger than it might be.
  }
}
