// Stands between two members and does to their connections what networks do.
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class CuttingProxy {
  readonly url: string;
  /** Connections broken so far. */
  cuts = 0;
  /** How many bytes a new connection may carry from the server before it is cut. */
  budget: () => number = () => Infinity;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #isFrozen = false;

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

  /** Lets nothing through and closes nothing, until `thaw`; what was held back then goes on. */
  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#open) socket.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const socket of this.#open) socket.resume();
  }

  /** Breaks all that is open. */
  cutAll(): void {
    for (const socket of this.#open) {
      this.cuts++;
      socket.resetAndDestroy();
    }
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    return closed;
  }

  #accept(near: Socket, target: URL): void {
    const far = connect(Number(target.port), target.hostname);
    let left = this.budget();
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#open.delete(from);
        to.destroy();
      });
      if (this.#isFrozen) from.pause();
    }
    near.on("data", (chunk) => far.write(chunk));
    far.on("data", (chunk: Buffer) => {
      if (chunk.length <= left) {
        left -= chunk.length;
        near.write(chunk);
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
