// How the members of a new cluster find each other through another etcd: each puts its URLs under the
// cluster's token, and waits until as many have come as the token is for (etcdserver/api/v3discovery).
import { setTimeout as sleep } from "node:timers/promises";
import { type Id64, id64Hex } from "../../../base/index.ts";
import type { Log } from "../../../io/host/index.ts";
import { FoundPeers, memberKey, membersPrefix, type Registration, sizeKey } from "./found-peers.ts";
import type { RegistryClient } from "./registry-client.ts";

/** The start ends with this: the token will not do. */
export class DiscoveryError extends Error {
  constructor(message: string) {
    super(`discovery: ${message}`);
  }
}

export interface JoinOptions {
  readonly registry: RegistryClient;
  readonly log: Log;
  readonly token: string;
  readonly memberId: Id64;
  /** `name=url`, comma separated. */
  readonly ownUrls: string;
  /** Before the given retry, counted from 1; etcd's doubles from two seconds to 256. */
  readonly pauseMs?: (retry: number) => number;
}

const backoffMs = (retry: number): number => 2 ** Math.min(retry, 8) * 1000;

/** The first members as `--initial-cluster` would name them; rejects with a DiscoveryError. */
export async function joinThroughDiscovery(options: JoinOptions): Promise<string> {
  const discovery = new Discovery(options);
  try {
    const cluster = await discovery.join();
    options.log.info("discovery joined cluster successfully", { cluster });
    return cluster;
  } catch (error) {
    options.log.error("discovery failed to join cluster", { cluster: "", error });
    throw error;
  } finally {
    options.registry.close();
  }
}

interface Standing {
  readonly size: number;
  readonly found: FoundPeers;
  readonly revision: number;
}

class Discovery {
  readonly #options: JoinOptions;
  readonly #ownKey: string;
  #retries = 0;

  constructor(options: JoinOptions) {
    this.#options = options;
    this.#ownKey = memberKey(options.token, id64Hex(options.memberId));
  }

  async join(): Promise<string> {
    const { registry, ownUrls, log } = this.#options;
    await this.#standing();
    await this.#insistently("register member itself", async () => {
      await registry.put(this.#ownKey, ownUrls);
      const fields = { memberKey: this.#ownKey, memberInfo: ownUrls };
      log.info("register member itself successfully", fields);
    });
    for (;;) {
      const standing = await this.#standing();
      if (await this.#waitForPeers(standing)) return standing.found.initialCluster(standing.size);
    }
  }

  /** How many there are to be and who is there; rejects when there is no place for this member. */
  #standing(): Promise<Standing> {
    return this.#insistently("cluster status check", async () => {
      const { registry, token } = this.#options;
      const size = sizeOf(await registry.get(sizeKey(token)));
      const { found: registered, revision } = await registry.list(membersPrefix(token));
      const found = new FoundPeers(token);
      for (const peer of registered) this.#add(found, peer);
      if (found.isFullWithout(this.#ownKey, size)) throw new DiscoveryError("cluster is full");
      return { size, found, revision };
    });
  }

  /** False when the watch broke before all were there: look again. */
  async #waitForPeers({ size, found, revision }: Standing): Promise<boolean> {
    if (found.count >= size) return true;
    const { registry, token, log } = this.#options;
    const fields = (): object => ({ clusterSize: size, "found-peers": found.count });
    log.info("waiting for peers from discovery service", { ...fields() });
    try {
      await registry.watch(membersPrefix(token), revision + 1, (peer) => {
        this.#add(found, peer);
        return found.count >= size;
      });
    } catch (error) {
      log.warn("the watch for peers ended", { error });
      await this.#pause("cluster status check");
      return false;
    }
    log.info("found all needed peers from discovery service", { ...fields() });
    return true;
  }

  #add(found: FoundPeers, peer: Registration): void {
    const why = found.add(peer);
    const fields = { memberKey: peer.key, memberInfo: peer.urls };
    if (why === undefined) this.#options.log.info("found peer from discovery service", fields);
    else this.#options.log.warn(why, fields);
  }

  /** Again and again while the service cannot be reached; its word about the token is final. */
  async #insistently<T>(step: string, attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await attempt();
        this.#retries = 0;
        return result;
      } catch (error) {
        if (error instanceof DiscoveryError) throw error;
        this.#options.log.warn(`${step}: the discovery service gave no answer`, { error });
        await this.#pause(step);
      }
    }
  }

  async #pause(reason: string): Promise<void> {
    const ms = (this.#options.pauseMs ?? backoffMs)(++this.#retries);
    const fields = { reason, backoff: `${ms / 1000}s` };
    this.#options.log.warn("retry connecting to discovery service", fields);
    await sleep(ms);
  }
}

function sizeOf(text: string | undefined): number {
  if (text === undefined) throw new DiscoveryError("size key not found");
  const size = /^[-+]?\d+$/.test(text) ? Number(text) : 0;
  if (size <= 0 || !Number.isSafeInteger(size)) throw new DiscoveryError("size key is bad");
  return size;
}
