// The Clock port: the only time a machine knows.

/** Ends a wait; harmless when it already ended. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since some start, with fractions; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970 UTC; may jump. For people and certificates, never for intervals. */
  wallMs(): number;
  /** Calls `fn` once, not before `ms` have passed. It does not keep the process alive. */
  after(ms: number, fn: () => void): Cancel;
  /** Calls `fn` after the running callback has returned, before any timer or input. */
  soon(fn: () => void): void;
  /** Calls `fn` after input that waits has been handled. */
  later(fn: () => void): void;
}
