import { DiskError } from "../disk-error.ts";

/** What node:fs threw, as the error of the port. */
export function asDiskError(operation: string, path: string, error: unknown): DiskError {
  if (error instanceof DiskError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "EIO";
  return new DiskError(operation, path, code, error);
}

/** Runs one call; its refusal becomes a DiskError. */
export function refusing<Result>(operation: string, path: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw asDiskError(operation, path, error);
  }
}
