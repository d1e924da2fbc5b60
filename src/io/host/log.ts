// The Log port: what a machine may say to its operator. Lines have the shape of etcd's zap logger.

export type LogLevel = "debug" | "info" | "warn" | "error" | "dpanic" | "panic" | "fatal";
/** Field values; a bigint prints as a bare number, an Error as its message. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The last words of a process; ending it is the caller's business. */
  fatal(message: string, fields?: LogFields): void;
  /** The same log under a zap logger name, as `raft` or `bbolt`. */
  named(logger: string): Log;
  readonly debugging: boolean;
}

const nothing = (): void => {};
/** Says nothing: for tests. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  named: () => silentLog,
  debugging: false,
};
