// The data of a snapshot in etcd 3.7: the membership as a v2 store, for members of 3.6 that still
// read it (etcdserver/cluster_util.go GetMembershipInfoInV2Format). 3.7 itself never does.
import { type Id64, id64Hex } from "../../base/index.ts";

/** A member as the v2 store has it. */
export interface StoredMember {
  readonly id: Id64;
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
  readonly name: string;
  /** Empty until the member has published itself; then nothing but its peer URLs is stored. */
  readonly clientUrls: readonly string[];
}

export interface StoredMembership {
  readonly members: readonly StoredMember[];
  readonly removed: readonly Id64[];
  /** As `3.7.0`; undefined while the cluster has not decided. */
  readonly clusterVersion: string | undefined;
}

/** Events the store remembers. */
const historyCapacity = 1000;

interface StoreNode {
  readonly path: string;
  readonly index: number;
  readonly value: string;
  /** Undefined for a leaf. */
  readonly children: Map<string, StoreNode> | undefined;
}

/** JSON bytes, in the order of keys that Go gives them. */
export function encodeV2Store(membership: StoredMembership): Uint8Array {
  const store = new V2Store();
  for (const member of membership.members) {
    const path = `/0/members/${id64Hex(member.id)}`;
    store.put("create", `${path}/raftAttributes`, raftAttributes(member));
    if (member.clientUrls.length > 0) store.put("set", `${path}/attributes`, attributes(member));
  }
  for (const id of membership.removed) store.put("create", `/0/removed_members/${id64Hex(id)}`, "");
  if (membership.clusterVersion !== undefined) {
    store.put("set", "/0/version", membership.clusterVersion);
  }
  return new TextEncoder().encode(store.toJson());
}

class V2Store {
  readonly #root = directory("/", 0);
  readonly #events: string[] = [];
  #creates = 0;
  #sets = 0;

  constructor() {
    this.#root.children!.set("0", directory("/0", 0));
    this.#root.children!.set("1", directory("/1", 0));
  }

  /** Makes the leaf and the directories above it, all stamped with the index of this step. */
  put(action: "create" | "set", path: string, value: string): void {
    const index = this.#events.length + 1;
    const names = path.split("/").slice(1);
    let parent = this.#root.children!;
    for (const [at, name] of names.slice(0, -1).entries()) {
      let next = parent.get(name);
      if (next === undefined) {
        next = directory(`/${names.slice(0, at + 1).join("/")}`, index);
        parent.set(name, next);
      }
      parent = next.children!;
    }
    parent.set(names.at(-1)!, { path, index, value, children: undefined });
    const node = `{"key":${goString(path)},"value":${goString(value)},${stamps(index)}}`;
    this.#events.push(`{"action":"${action}","node":${node}}`);
    if (action === "create") this.#creates++;
    else this.#sets++;
  }

  toJson(): string {
    const count = this.#events.length;
    const history = `{"Queue":${this.#queueJson()},"StartIndex":${firstKept(count)},"LastIndex":${count}}`;
    return (
      `{"Root":${nodeJson(this.#root)},"WatcherHub":{"EventHistory":${history}},` +
      `"CurrentIndex":${count},"Stats":${statsJson(this.#creates, this.#sets)},"CurrentVersion":2}`
    );
  }

  /** A ring: with more events than places the newest overwrite the oldest. */
  #queueJson(): string {
    const places = Array.from({ length: historyCapacity }, () => "null");
    for (const [at, event] of this.#events.entries()) places[at % historyCapacity] = event;
    const count = this.#events.length;
    const size = Math.min(count, historyCapacity);
    const front = count > historyCapacity ? count % historyCapacity : 0;
    return (
      `{"Events":[${places.join(",")}],"Size":${size},"Front":${front},` +
      `"Back":${count % historyCapacity},"Capacity":${historyCapacity}}`
    );
  }
}

const firstKept = (count: number): number =>
  count === 0 ? 0 : Math.max(1, count - historyCapacity + 1);

const stamps = (index: number): string => `"modifiedIndex":${index},"createdIndex":${index}`;

const directory = (path: string, index: number): StoreNode => ({
  path,
  index,
  value: "",
  children: new Map(),
});

function nodeJson(node: StoreNode): string {
  const children =
    node.children === undefined
      ? "null"
      : `{${[...node.children]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, child]) => `${goString(name)}:${nodeJson(child)}`)
          .join(",")}}`;
  return (
    `{"Path":${goString(node.path)},"CreatedIndex":${node.index},"ModifiedIndex":${node.index},` +
    `"ExpireTime":"0001-01-01T00:00:00Z","Value":${goString(node.value)},"Children":${children}}`
  );
}

function statsJson(creates: number, sets: number): string {
  // The one failed get is the check that no member is stored yet.
  const counts = { getsSuccess: 0, getsFail: 1, setsSuccess: sets, setsFail: 0 };
  const rest = ["delete", "update"].flatMap((name) => [`${name}Success`, `${name}Fail`]);
  const swaps = ["compareAndSwap", "compareAndDelete"];
  const none = (names: string[]): Record<string, number> =>
    Object.fromEntries(names.map((name) => [name, 0]));
  return JSON.stringify({
    ...counts,
    ...none(rest),
    createSuccess: creates,
    createFail: 0,
    ...none(swaps.flatMap((name) => [`${name}Success`, `${name}Fail`])),
    ...none(["expireCount", "watchers"]),
  });
}

function raftAttributes(member: StoredMember): string {
  const learner = member.isLearner ? `,"isLearner":true` : "";
  return `{"peerURLs":${goList(member.peerUrls)}${learner}}`;
}

function attributes(member: StoredMember): string {
  const name = member.name === "" ? "" : `"name":${goString(member.name)},`;
  return `{${name}"clientURLs":${goList(member.clientUrls)}}`;
}

const goList = (items: readonly string[]): string => `[${items.map(goString).join(",")}]`;

/** A JSON string as Go's encoder writes it: HTML characters escaped. */
const goString = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
