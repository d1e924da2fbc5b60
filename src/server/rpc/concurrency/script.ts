// A service method that makes several calls one after another, written as a generator: each `yield`
// is one thing waited for. It runs on callbacks alone, so that a simulator steps through it.
import { EtcdError, errors } from "../../../core/errors/index.ts";
import type { ServerCall } from "../../../io/grpc/index.ts";

/** Gives up what is waited for. Undefined: it cannot be, its answer will come. */
export type GiveUp = (() => void) | undefined;

export interface Step {
  /** Begins it; `done` is called once, unless it was given up. */
  readonly begin: (done: (answer: Uint8Array | EtcdError) => void) => GiveUp;
  /** Done although the caller is gone: it puts away what an earlier step left. */
  readonly isCleanUp?: boolean;
}

export type Script<Result> = Generator<Step, Result, Uint8Array>;

/**
 * Runs a script for a call. When the caller is gone, the step under way is given up or, where that is
 * impossible, waited for; then `contextCanceled` is thrown into the script, which may clean up.
 * `finish` is called once, with the result or the error the script ended with.
 */
export function runScript<Result>(
  call: ServerCall,
  script: Script<Result>,
  finish: (outcome: { readonly result: Result } | { readonly error: unknown }) => void,
): void {
  const run = new ScriptRun(script, finish);
  call.onCancel = (reason) =>
    run.cancel(reason === "deadline" ? errors.contextDeadlineExceeded() : errors.contextCanceled());
  run.resume(undefined);
}

class ScriptRun<Result> {
  readonly #script: Script<Result>;
  readonly #finish: (outcome: { readonly result: Result } | { readonly error: unknown }) => void;
  /** Why the caller is gone, once he is and until the script was told. */
  #cancelled: EtcdError | undefined;
  #isTold = false;
  #giveUp: GiveUp;
  #isDone = false;
  /** Answers to earlier steps than this one are of no interest any more. */
  #stepNumber = 0;

  constructor(
    script: Script<Result>,
    finish: (outcome: { readonly result: Result } | { readonly error: unknown }) => void,
  ) {
    this.#script = script;
    this.#finish = finish;
  }

  cancel(why: EtcdError): void {
    if (this.#isDone || this.#cancelled !== undefined) return;
    this.#cancelled = why;
    const giveUp = this.#giveUp;
    if (giveUp === undefined) return;
    giveUp();
    this.#isTold = true;
    this.resume(why);
  }

  /** Goes on with the answer to the step under way; without one, from the beginning. */
  resume(first: Uint8Array | EtcdError | undefined): void {
    let answer = first;
    for (;;) {
      this.#giveUp = undefined;
      const step = this.#advance(answer);
      if (step === undefined) return;
      if (this.#cancelled !== undefined && !this.#isTold && step.isCleanUp !== true) {
        this.#isTold = true;
        answer = this.#cancelled;
        continue;
      }
      const immediate = this.#begin(step);
      if (immediate === undefined) return;
      answer = immediate;
    }
  }

  #advance(answer: Uint8Array | EtcdError | undefined): Step | undefined {
    try {
      const next =
        answer instanceof EtcdError
          ? this.#script.throw(answer)
          : this.#script.next(answer as Uint8Array);
      if (next.done !== true) return next.value;
      this.#isDone = true;
      this.#finish({ result: next.value });
    } catch (error) {
      this.#isDone = true;
      this.#finish({ error });
    }
    return undefined;
  }

  /** The answer, when it came at once. */
  #begin(step: Step): Uint8Array | EtcdError | undefined {
    const number = ++this.#stepNumber;
    let isBeginning = true;
    let immediate: Uint8Array | EtcdError | undefined;
    const giveUp = step.begin((answer) => {
      if (number !== this.#stepNumber || this.#isDone) return;
      if (isBeginning) immediate = answer;
      else this.resume(answer);
    });
    isBeginning = false;
    if (immediate === undefined) this.#giveUp = giveUp;
    return immediate;
  }
}
