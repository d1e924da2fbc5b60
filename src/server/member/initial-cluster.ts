// The first members of a cluster and their ids, as etcd derives them: the same flags give the same ids.
import { compareId64, encodeUtf8, type Id64 } from "../../base/index.ts";
import type { Member } from "../../core/membership/index.ts";
import { urlProblem } from "./go-url.ts";

/** SHA-1, from the host. */
export type Sha1 = (bytes: Uint8Array) => Uint8Array;

/** `name=url,name=url`: a name may stand several times, once for each of its URLs. */
export function parseInitialCluster(text: string): Map<string, string[]> {
  const cluster = new Map<string, string[]>();
  for (const pair of text.split(",")) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const [name, given] = cut < 0 ? [pair, ""] : [pair.slice(0, cut), pair.slice(cut + 1)];
    const url = given.trim();
    const problem = urlProblem(url);
    if (problem !== undefined) throw new Error(`error setting up initial cluster: ${problem}`);
    cluster.set(name, [...(cluster.get(name) ?? []), url].toSorted());
  }
  if (cluster.size === 0) throw new Error("initial-cluster is empty");
  return cluster;
}

/** First eight bytes of SHA-1 over the sorted URLs and the token (membership.computeMemberID). */
export function memberIdOf(peerUrls: readonly string[], token: string, sha1: Sha1): Id64 {
  return firstEightBytes(sha1(encodeUtf8([...peerUrls].toSorted().join("") + token)));
}

/** First eight bytes of SHA-1 over the members' ids, ascending, eight bytes each. */
export function clusterIdOf(memberIds: readonly Id64[], sha1: Sha1): Id64 {
  const bytes = new Uint8Array(8 * memberIds.length);
  const view = new DataView(bytes.buffer);
  for (const [at, id] of memberIds.toSorted(compareId64).entries()) view.setBigUint64(8 * at, id);
  return firstEightBytes(sha1(bytes));
}

const firstEightBytes = (digest: Uint8Array): Id64 =>
  new DataView(digest.buffer, digest.byteOffset).getBigUint64(0);

export interface InitialMembers {
  readonly members: readonly Member[];
  readonly local: Member;
  readonly clusterId: Id64;
}

interface InitialOptions {
  readonly name: string;
  readonly initialCluster: string;
  readonly token: string;
  readonly peerUrls: readonly string[];
}

/** The members of --initial-cluster, of whom one is this; a URL stands there once. */
export function namedMembers(
  options: Omit<InitialOptions, "peerUrls">,
  sha1: Sha1,
): { readonly members: readonly Member[]; readonly local: Member } {
  const cluster = parseInitialCluster(options.initialCluster);
  const members = [...cluster].map(([name, peerUrls]): Member => {
    const id = memberIdOf(peerUrls, options.token, sha1);
    return { id, name, peerUrls, isLearner: false, clientUrls: [] };
  });
  members.sort((a, b) => compareId64(a.id, b.id));
  const local = members.find((member) => member.name === options.name);
  if (local === undefined) {
    throw new Error(
      `couldn't find local name ${JSON.stringify(options.name)} in the initial cluster configuration`,
    );
  }
  const urls = members.flatMap(({ peerUrls }) => peerUrls);
  if (new Set(urls).size < urls.length) {
    throw new Error(`initial cluster ${options.initialCluster} has duplicate url`);
  }
  return { members, local };
}

/** Checks that this member is in its own list with its own URLs (ServerConfig.VerifyBootstrap). */
export function initialMembers(options: InitialOptions, sha1: Sha1): InitialMembers {
  const { members, local } = namedMembers(options, sha1);
  const urls = [...options.peerUrls].toSorted();
  const missing = local.peerUrls.filter((url) => !urls.includes(url));
  if (missing.length > 0) {
    throw new Error(
      `--initial-cluster has ${missing.map((url) => `${local.name}=${url}`).join(",")} ` +
        `but missing from --initial-advertise-peer-urls=${urls.join(",")} `,
    );
  }
  const unlisted = urls.filter((url) => !local.peerUrls.includes(url));
  if (unlisted.length > 0) {
    throw new Error(
      `--initial-advertise-peer-urls has ${unlisted.join(",")} ` +
        `but missing from --initial-cluster=${options.initialCluster}`,
    );
  }
  const ids = members.map(({ id }) => id);
  return { members, local, clusterId: clusterIdOf(ids, sha1) };
}
