// Before its first start a member asks those it was told of: who joins a cluster learns its ids from
// them, who founds one makes sure that it was not in it before (etcdserver's cluster_util.go).
import { decodeUtf8, type Id64, id64FromHex, id64Hex } from "../../base/index.ts";
import { type Member, parseMembers } from "../../core/membership/index.ts";
import type { Log } from "../../io/host/index.ts";
import type { AskPeer, PeerAnswer, PeerQuestion } from "../../io/rafthttp/index.ts";
import { namedMembers, type Sha1 } from "./initial-cluster.ts";
import { isLessMinor, minorOf, minorText } from "./minor-version.ts";
import { askVersions } from "./version-monitor.ts";

export interface JoinOptions {
  readonly ask: AskPeer;
  readonly log: Log;
  readonly sha1: Sha1;
  readonly name: string;
  readonly initialCluster: string;
  readonly token: string;
  readonly serverVersion: string;
  readonly maxLearners: number;
  readonly requestTimeoutMs: number;
}

export interface JoinedCluster {
  readonly members: readonly Member[];
  readonly local: Member;
  readonly clusterId: Id64;
  readonly remotes: readonly Member[];
}

interface RemoteCluster {
  readonly clusterId: Id64;
  readonly members: readonly Member[];
}

const membersTimeoutMs = 10_000;
const bootstrappedTimeoutMs = 1000;
const minClusterVersion = "3.0.0";

const asking = (ask: AskPeer, question: PeerQuestion): Promise<PeerAnswer | Error> =>
  new Promise((resolve) => {
    ask(question, resolve);
  });

/** Asks the cluster for its members and takes over their ids; throws with etcd's words. */
export async function joinCluster(options: JoinOptions): Promise<JoinedCluster> {
  const named = namedMembers(options, options.sha1);
  const remote = await remoteCluster(options, urlsOfOthers(named.members, options.name), {
    timeoutMs: membersTimeoutMs,
    isLogged: true,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot fetch cluster info from peer urls: ${why}`);
  });
  const members = assignIds(named.members, remote);
  const local = members.find(({ name }) => name === options.name)!;
  const others = members.filter(({ id }) => id !== local.id);
  if (!(await isCompatible(options, others))) {
    throw new Error("incompatible with current running cluster");
  }
  const learners = remote.members.filter(({ isLearner }) => isLearner).length;
  if (learners > options.maxLearners) {
    throw new Error("membership: too many learner members in cluster");
  }
  return { members, local, clusterId: remote.clusterId, remotes: remote.members };
}

/** Whether the others know this member as one that has already run. */
export async function isAlreadyBootstrapped(options: JoinOptions): Promise<Id64 | undefined> {
  const { members, local } = namedMembers(options, options.sha1);
  try {
    const remote = await remoteCluster(options, urlsOfOthers(members, options.name), {
      timeoutMs: bootstrappedTimeoutMs,
      isLogged: false,
    });
    const known = remote.members.find(({ id }) => id === local.id);
    return known !== undefined && known.clientUrls.length > 0 ? local.id : undefined;
  } catch {
    // Nobody has to be there yet.
    return undefined;
  }
}

const urlsOfOthers = (members: readonly Member[], name: string): string[] =>
  members
    .filter((member) => member.name !== name)
    .flatMap(({ peerUrls }) => peerUrls)
    .toSorted();

/** The first that answers counts. */
async function remoteCluster(
  { ask, log }: JoinOptions,
  urls: readonly string[],
  { timeoutMs, isLogged }: { timeoutMs: number; isLogged: boolean },
): Promise<RemoteCluster> {
  const warn = isLogged ? log.warn.bind(log) : (): void => {};
  for (const url of urls) {
    const address = `${url}/members`;
    const answer = await asking(ask, { method: "GET", url: address, timeoutMs });
    if (answer instanceof Error) {
      warn("failed to get cluster response", { address, error: answer });
      continue;
    }
    const members = parseMembers(decodeUtf8(answer.body) ?? "");
    if (members === undefined) {
      warn("failed to unmarshal cluster response", { address });
      continue;
    }
    const header = answer.header("X-Etcd-Cluster-ID");
    if (!/^[0-9a-f]{1,16}$/i.test(header)) {
      warn("failed to parse cluster ID", { address, header });
      continue;
    }
    if (members.length > 0) return { clusterId: id64FromHex(header), members };
    throw new Error("failed to get raft cluster member(s) from the given URLs");
  }
  throw new Error("could not retrieve cluster information from the given URLs");
}

/** Every member there must be one of ours, known by its URLs (ValidateClusterAndAssignIDs). */
function assignIds(named: readonly Member[], remote: RemoteCluster): Member[] {
  const told = `{ClusterID:${id64Hex(remote.clusterId)} Members:[${remote.members
    .map(({ id, peerUrls }) => `&{ID:${id64Hex(id)} PeerURLs:[${peerUrls.join(" ")}]}`)
    .join(" ")}]}`;
  const refuse = (why: string): never => {
    throw new Error(`error validating peerURLs ${told}: ${why}`);
  };
  if (remote.members.length !== named.length) refuse("member count is unequal");
  const assigned = new Map<Member, Member>();
  for (const existing of remote.members) {
    const urls = [...existing.peerUrls].toSorted().join(",");
    const own = named.find(({ peerUrls }) => [...peerUrls].toSorted().join(",") === urls);
    if (own === undefined) {
      const list = existing.peerUrls.join(" ");
      refuse(
        `PeerURLs: no match found for existing member (${id64Hex(existing.id)}, [${list}]), ` +
          `last resolver error (len(a) != len(b))`,
      );
    } else assigned.set(own, { ...own, id: existing.id, isLearner: existing.isLearner });
  }
  return named.map((member) => assigned.get(member) ?? member);
}

/** Somebody must be there, and nobody may speak what this member does not (isCompatibleWithCluster). */
async function isCompatible(options: JoinOptions, others: readonly Member[]): Promise<boolean> {
  const { ask, log, serverVersion, requestTimeoutMs } = options;
  const versions = await Promise.all(
    others.map(
      (member) =>
        new Promise<{ member: Member; cluster: string | undefined }>((resolve) => {
          askVersions(ask, member, log, requestTimeoutMs, (answer) =>
            resolve({ member, cluster: answer?.cluster }),
          );
        }),
    ),
  );
  const isDowngrading = await downgradeEnabled(options, others);
  const own = minorOf(serverVersion)!;
  // Who is downgraded into a cluster finds it one minor above himself.
  const highest = isDowngrading ? `${own.major}.${own.minor + 1}.0` : minorText(serverVersion);
  const lowest = isDowngrading ? highest : minClusterVersion;
  let isSomebodyThere = false;
  for (const { member, cluster } of versions) {
    if (cluster === undefined) continue;
    const fields = {
      "remote-member-id": id64Hex(member.id),
      "remote-member-cluster-version": cluster,
    };
    if (minorOf(cluster) === undefined) {
      log.warn("failed to parse cluster version of remote member", fields);
      continue;
    }
    const what = "cluster version of remote member is not compatible";
    if (isLessMinor(cluster, lowest)) {
      log.warn(`${what}; too low`, { ...fields, "minimum-cluster-version-supported": lowest });
      return false;
    }
    if (isLessMinor(highest, cluster)) {
      log.warn(`${what}; too high`, { ...fields, "maximum-cluster-version-supported": highest });
      return false;
    }
    isSomebodyThere = true;
  }
  return isSomebodyThere;
}

/** The first that answers counts: its answer is linearizable. */
async function downgradeEnabled(
  { ask, log, requestTimeoutMs }: JoinOptions,
  others: readonly Member[],
): Promise<boolean> {
  for (const { id, peerUrls } of others) {
    for (const base of peerUrls) {
      const url = `${base}/downgrade/enabled`;
      const answer = await asking(ask, { method: "GET", url, timeoutMs: requestTimeoutMs });
      const text = answer instanceof Error ? "" : (decodeUtf8(answer.body) ?? "");
      if (text === "true" || text === "false") return text === "true";
    }
    log.warn("failed to get downgrade enabled status", { "remote-member-id": id64Hex(id) });
  }
  return false;
}
