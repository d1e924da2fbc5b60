// Who has registered under a token so far, in the order in which they came.

export interface Registration {
  readonly key: string;
  /** `name=url`, or several of them. */
  readonly urls: string;
  readonly createRevision: number;
}

const registry = "/_etcd/registry";

export const sizeKey = (token: string): string => `${registry}/${token}/_config/size`;
export const membersPrefix = (token: string): string => `${registry}/${token}/members`;
export const memberKey = (token: string, memberId: string): string =>
  `${membersPrefix(token)}/${memberId}`;

export class FoundPeers {
  readonly #prefix: string;
  readonly #peers: Registration[] = [];

  constructor(token: string) {
    this.#prefix = membersPrefix(token);
  }

  get count(): number {
    return this.#peers.length;
  }

  /** Undefined, or why this registration does not count, in etcd's words. */
  add(peer: Registration): string | undefined {
    if (!peer.key.startsWith(this.#prefix)) return "invalid peer registry key";
    if (!peer.urls.includes("=")) return "invalid peer info returned from discovery service";
    if (this.#peers.some(({ key }) => key === peer.key)) {
      return "found duplicate peer from discovery service";
    }
    this.#peers.push(peer);
    this.#peers.sort((a, b) => a.createRevision - b.createRevision);
    return undefined;
  }

  /** Whether `key` is not among the first `size`, and these are complete. */
  isFullWithout(key: string, size: number): boolean {
    return this.count >= size && !this.#peers.slice(0, size).some((peer) => peer.key === key);
  }

  /** As `--initial-cluster` has it: the first `size`, when more than those have come. */
  initialCluster(size: number): string {
    return this.#peers
      .slice(0, size)
      .map(({ urls }) => urls)
      .join(",");
  }
}
