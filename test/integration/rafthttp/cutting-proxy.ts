// Stands between two members and does to their connections what networks do.
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What happens to connections as long as it lasts. */
export interface Disturbance {
  /** Only those that this member opened, by its id in hex; all if none is named. */
  readonly from?: string;
  /** Nothing passes, and nothing is closed: neither way, or not what is asked, or not what is answered. */
  readonly holds?: "all" | "requests" | "answers";
  /** Whatever passes comes so much later. */
  readonly lateMs?: number;
}

export class CuttingProxy {
  readonly url: string;
  /** Connections broken so far. */
  cuts = 0;
  /** How many bytes a new connection may carry from the server before it is cut. */
  budget: () => number = () => Infinity;
  readonly #server: Server;
  readonly #open = new Set<Link>();
  readonly #disturbances = new Set<Disturbance>();

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** `target` is asked for at each connection. */
  static start(target: () => string): Promise<CuttingProxy> {
    return new Promise((resolve) => {
      const server = createServer((near) => proxy.#accept(near, new URL(target())));
      let proxy: CuttingProxy;
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        proxy = new CuttingProxy(server, `http://127.0.0.1:${port}`);
        resolve(proxy);
      });
    });
  }

  /** Begins a disturbance; what this returns ends it, and what was held back then goes on. */
  disturb(disturbance: Disturbance): () => void {
    this.#disturbances.add(disturbance);
    this.#settle();
    return () => {
      this.#disturbances.delete(disturbance);
      this.#settle();
    };
  }

  /** Breaks all that is open. */
  cutAll(): void {
    for (const { near, far } of this.#open) {
      this.cuts++;
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { near, far } of this.#open) {
      near.destroy();
      far.destroy();
    }
    return closed;
  }

  #settle(): void {
    for (const link of this.#open) link.settle(this.#disturbances);
  }

  #accept(near: Socket, target: URL): void {
    const link = new Link(near, connect(Number(target.port), target.hostname), () => {
      this.#open.delete(link);
    });
    this.#open.add(link);
    link.settle(this.#disturbances);
    let left = this.budget();
    near.on("data", (chunk: Buffer) => {
      // Who calls stands in the first lines; before them nothing is known to be disturbed.
      if (link.learn(chunk)) link.settle(this.#disturbances);
      if (near.isPaused()) near.unshift(chunk);
      else link.pass("far", () => link.far.write(chunk));
    });
    link.far.on("data", (chunk: Buffer) => {
      if (chunk.length <= left) {
        left -= chunk.length;
        link.pass("near", () => near.write(chunk));
        return;
      }
      // The connection ends after any byte, with or without a word.
      this.cuts++;
      near.write(chunk.subarray(0, left), () => {
        if (left % 2 === 0) near.resetAndDestroy();
        else near.destroy();
      });
    });
  }
}

/** One connection, in its two halves. */
class Link {
  readonly near: Socket;
  readonly far: Socket;
  #from: string | undefined;
  #lateMs = 0;
  /** What is late goes in its order. */
  readonly #last: Record<"near" | "far", Promise<unknown> | undefined> = {
    near: undefined,
    far: undefined,
  };

  constructor(near: Socket, far: Socket, closed: () => void) {
    this.near = near;
    this.far = far;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => {
        closed();
        to.destroy();
      });
    }
  }

  /** Whether it is known now, and was not before, who called. */
  learn(chunk: Buffer): boolean {
    if (this.#from !== undefined) return false;
    this.#from = /^x-server-from: *([0-9a-f]+)/im.exec(chunk.toString("latin1"))?.[1] ?? "";
    return true;
  }

  settle(all: Iterable<Disturbance>): void {
    const mine = [...all].filter(({ from }) => from === undefined || from === this.#from);
    this.#lateMs = Math.max(0, ...mine.map(({ lateMs = 0 }) => lateMs));
    const isHeld = (what: "requests" | "answers"): boolean =>
      mine.some(({ holds }) => holds === "all" || holds === what);
    for (const [socket, what] of [
      [this.near, "requests"],
      [this.far, "answers"],
    ] as const) {
      if (isHeld(what)) socket.pause();
      else socket.resume();
    }
  }

  pass(to: "near" | "far", write: () => void): void {
    const last = this.#last[to];
    if (last === undefined && this.#lateMs === 0) return write();
    const dueMs = performance.now() + this.#lateMs;
    const next = (last ?? Promise.resolve())
      .then(() => pause(Math.max(0, dueMs - performance.now())))
      .then(() => {
        if (!this[to].destroyed) write();
        if (this.#last[to] === next) this.#last[to] = undefined;
      });
    this.#last[to] = next;
  }
}
