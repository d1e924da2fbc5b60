// What can be wrong with a file. These are facts about bytes from outside, never about ourselves.

/** A page that is not what the format says. `offset` is where it begins in the file, in bytes. */
export class CorruptFileError extends Error {
  override readonly name = "CorruptFileError";
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file}: offset ${offset}: ${what}`);
    this.file = file;
    this.offset = offset;
  }
}

/** Neither meta page can be used. The texts are bbolt's (bbolt/errors/errors.go). */
export class InvalidDatabaseError extends Error {
  override readonly name = "InvalidDatabaseError";

  constructor(file: string, reason: MetaProblem) {
    super(`${file}: ${reason}`);
  }
}

export type MetaProblem = "invalid database" | "version mismatch" | "checksum error";
