// Passwords by bcrypt, on threads of their own.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { errors } from "../../core/errors/index.ts";
import type { PasswordAnswer, PasswordTask } from "./password-task.ts";

type Done<Result> = (result: Result | Error) => void;

/** What runs at once: hashing must leave the processor to the member, whoever knocks how often. */
const threadsMax = 2;
/** What waits for a thread; more is refused, and whoever asks may ask again. */
export const waitingPasswordsMax = 64;
/** bcrypt takes these alone; etcd hashes with the default where another is configured. */
export const bcryptCosts = { min: 4, max: 31, default: 10 } as const;

interface Waiting {
  readonly task: PasswordTask;
  readonly done: (answer: PasswordAnswer | Error) => void;
}

interface Thread {
  readonly worker: Worker;
  current: Waiting | undefined;
}

/** Threads start with the first password and do not keep the process alive. */
export class BcryptPasswords {
  readonly #cost: number;
  readonly #threadsMax: number;
  readonly #threads: Thread[] = [];
  #waiting: Waiting[] = [];
  #nextId = 0;

  constructor(options: { readonly cost: number; readonly threadsMax?: number }) {
    this.#cost = options.cost;
    const spare = Math.max(1, availableParallelism() - 1);
    this.#threadsMax = options.threadsMax ?? Math.min(threadsMax, spare);
  }

  hash(password: string, done: Done<Uint8Array>): void {
    this.#run({ id: this.#nextId++, kind: "hash", password }, (answer) => {
      done(answer instanceof Error || !("hash" in answer) ? failureOf(answer) : answer.hash);
    });
  }

  verify(password: string, hash: Uint8Array | undefined, done: Done<boolean>): void {
    this.#run({ id: this.#nextId++, kind: "verify", password, hash }, (answer) => {
      done(answer instanceof Error || !("matches" in answer) ? failureOf(answer) : answer.matches);
    });
  }

  /** Ends the threads; what waits is told so. */
  async close(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done(errors.stopped());
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #run(task: PasswordTask, done: Waiting["done"]): void {
    if (this.#waiting.length >= waitingPasswordsMax) return done(errors.requestTooManyRequests());
    this.#waiting.push({ task, done });
    this.#start();
  }

  #start(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#threads.find(({ current }) => current === undefined) ?? this.#open();
      if (thread === undefined) return;
      const next = this.#waiting.shift()!;
      thread.current = next;
      thread.worker.postMessage(next.task);
    }
  }

  #open(): Thread | undefined {
    if (this.#threads.length >= this.#threadsMax) return undefined;
    const worker = new Worker(new URL("bcrypt-worker.ts", import.meta.url), {
      workerData: this.#cost,
    });
    worker.unref();
    const thread: Thread = { worker, current: undefined };
    this.#threads.push(thread);
    worker.on("message", (answer: PasswordAnswer) => this.#settle(thread, answer));
    worker.on("error", (error) => this.#lose(thread, asError(error)));
    worker.on("exit", () => this.#lose(thread, errors.stopped()));
    return thread;
  }

  #settle(thread: Thread, answer: PasswordAnswer | Error): void {
    const { current } = thread;
    thread.current = undefined;
    current?.done(answer);
    this.#start();
  }

  /** A thread that died takes its task with it; the next task gets a new one. */
  #lose(thread: Thread, error: Error): void {
    const at = this.#threads.indexOf(thread);
    if (at < 0) return;
    this.#threads.splice(at, 1);
    this.#settle(thread, error);
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

const failureOf = (answer: PasswordAnswer | Error): Error =>
  answer instanceof Error
    ? answer
    : new Error("failure" in answer ? answer.failure : "bcrypt: an answer to another question");
