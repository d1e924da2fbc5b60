// The Go program on the other side of the pipe.
import { type ChildProcess, spawn } from "node:child_process";

export class GoSide {
  readonly #child: ChildProcess;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest = "";
  #lines: string[] = [];

  /** With `isTracing` every command is answered with its text, else with a checksum of it. */
  constructor(program: string, { isTracing }: { isTracing: boolean }) {
    this.#child = spawn(program, isTracing ? ["-trace"] : [], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#chunks = this.#child.stdout![Symbol.asyncIterator]();
  }

  /** Hands commands over without waiting for the answers. */
  write(commands: readonly string[]): void {
    this.#child.stdin!.write(`${commands.join("\n")}\nflush\n`);
  }

  /** The next `count` answers, in order. */
  async read(count: number): Promise<string[]> {
    while (this.#lines.length < count) {
      const next = await this.#chunks.next();
      if (next.done === true) throw new Error("the Go side ended early");
      const lines = (this.#rest + next.value.toString("latin1")).split("\n");
      this.#rest = lines.pop()!;
      this.#lines.push(...lines);
    }
    return this.#lines.splice(0, count);
  }

  close(): void {
    this.#child.stdin!.end();
  }
}
