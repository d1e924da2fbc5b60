import { connect, createServer, type Server, type Socket } from "node:net";
import type { Log } from "../../io/host/index.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface TcpProxyOptions {
  readonly endpoints: readonly Endpoint[];
  /** Time until an endpoint that could not be reached is tried again. */
  readonly retryMs: number;
  readonly log: Log;
}

interface Remote extends Endpoint {
  readonly address: string;
  isActive: boolean;
}

/** Carries each connection to the next endpoint in turn that can be reached. */
export class TcpProxy {
  readonly #server: Server;
  readonly #remotes: Remote[];
  readonly #options: TcpProxyOptions;
  readonly #open = new Set<Socket>();
  #picked = 0;
  #monitor: NodeJS.Timeout | undefined;

  constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#remotes = options.endpoints.map(({ host, port }) => ({
      host,
      port,
      address: joined(host, port),
      isActive: true,
    }));
    // A side that has sent all may still have answers coming.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#serve(client));
  }

  /** @throws what listening failed with */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, resolve);
    });
    const { log, retryMs } = this.#options;
    log.info("ready to proxy client requests", {
      endpoints: this.#remotes.map(({ address }) => address),
    });
    this.#monitor = setInterval(() => this.#retry(), retryMs);
  }

  /** The port listened on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Ends every connection. */
  close(): void {
    clearInterval(this.#monitor);
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #serve(client: Socket): void {
    this.#keep(client);
    this.#reach(client, this.#remotes.length);
  }

  #reach(client: Socket, triesLeft: number): void {
    const remote = triesLeft === 0 ? undefined : this.#next();
    if (remote === undefined || client.destroyed) {
      client.destroy();
      return;
    }
    const { host, port } = remote;
    const socket = connect({ host, port, allowHalfOpen: true });
    const failed = (error: Error): void => {
      this.#deactivate(remote, error);
      this.#reach(client, triesLeft - 1);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      this.#keep(socket);
      this.#join(client, socket);
    });
  }

  #join(client: Socket, remote: Socket): void {
    client.once("close", () => remote.destroy());
    remote.once("close", () => client.destroy());
    client.pipe(remote);
    remote.pipe(client);
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    // The reason does not matter to the other side: its connection ends too.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#open.delete(socket));
  }

  #next(): Remote | undefined {
    for (let tried = 0; tried < this.#remotes.length; tried++) {
      const remote = this.#remotes[this.#picked++ % this.#remotes.length]!;
      if (remote.isActive) return remote;
    }
    return undefined;
  }

  #deactivate(remote: Remote, error: Error): void {
    if (!remote.isActive) return;
    remote.isActive = false;
    const { log, retryMs } = this.#options;
    const interval = `${retryMs / 1000}s`;
    log.warn("deactivated endpoint", { address: remote.address, interval, error });
  }

  #retry(): void {
    const { log, retryMs } = this.#options;
    for (const remote of this.#remotes.filter(({ isActive }) => !isActive)) {
      const { host, port, address } = remote;
      const socket = connect({ host, port });
      socket.once("connect", () => {
        remote.isActive = true;
        socket.destroy();
        log.info("activated", { address });
      });
      socket.once("error", (error) => {
        socket.destroy();
        const interval = `${retryMs / 1000}s`;
        const message = "failed to activate endpoint (stay inactive for another interval)";
        log.warn(message, { address, interval, error });
      });
    }
  }
}

const joined = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
