// What a disk may answer instead of doing what it was asked.

/** The words Go prints for an errno; etcd's own messages end in them. */
const wordsOf: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "device or resource busy",
  EDQUOT: "disk quota exceeded",
  EEXIST: "file exists",
  EFBIG: "file too large",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "is a directory",
  EMFILE: "too many open files",
  ENAMETOOLONG: "file name too long",
  ENFILE: "too many open files in system",
  ENODEV: "no such device",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  EXDEV: "invalid cross-device link",
};

/** A refused operation. `message` reads as Go's PathError: `open /a/b: no such file or directory`. */
export class DiskError extends Error {
  override readonly name = "DiskError";
  /** The errno's name, as `ENOSPC`. */
  readonly code: string;
  readonly operation: string;
  readonly path: string;

  constructor(operation: string, path: string, code: string, cause?: unknown) {
    super(`${operation} ${path}: ${wordsOf[code] ?? code}`, { cause });
    this.code = code;
    this.operation = operation;
    this.path = path;
  }
}

/** Whether `error` is a DiskError with that errno. */
export const isDiskError = (error: unknown, code: string): boolean =>
  error instanceof DiskError && error.code === code;
