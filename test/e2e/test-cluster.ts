// Several members on the loopback, ours and real ones as the test wants, and etcdctl to talk to them.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { etcdctl, type Finished } from "./command.ts";
import { freePorts, type Kind, ServerProcess } from "./server-process.ts";

export interface ClusterOptions {
  /** Of every member, or by kind. */
  flags?: readonly string[] | ((kind: Kind) => readonly string[]);
  /** How long a start may take. */
  readyMilliseconds?: number;
  /** What a member tells others of its peer port, made of the port it listens on. */
  advertise?: (name: string, peerUrl: string) => Promise<string>;
}

/** What a member says of itself. */
export interface MemberStatus {
  endpoint: string;
  memberId: bigint;
  leader: bigint;
  term: number;
  revision: number;
  appliedIndex: number;
  isLearner: boolean;
}

export interface KnownMember {
  id: bigint;
  name: string;
  peerUrls: string[];
  isLearner: boolean;
}

const patienceMilliseconds = 60_000;
/** Strict reconfiguration wants members connected for a while; a lost leader takes proposals along. */
const mayBeTriedAgain =
  /unhealthy cluster|not enough started|in sync with leader|too many learner|timed out|deadline|leader/;
const hex = (id: bigint): string => id.toString(16);

/** Looks again and again until `look` gives something; says `what` was waited for in vain. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  patience = patienceMilliseconds,
): Promise<Found> {
  const endMs = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < endMs, `${what}: not in ${patience} ms`);
    await pause(50);
  }
}

/** JSON as Go writes it: numbers beyond 2^53 become bigints. */
export const parseExact = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === "number" && !Number.isSafeInteger(value) ? BigInt(source ?? value) : value,
  );

export class TestCluster {
  readonly members: ServerProcess[];
  readonly #options: ClusterOptions;

  private constructor(members: ServerProcess[], options: ClusterOptions) {
    this.members = members;
    this.#options = options;
  }

  /** Founds a cluster with a member of each of these kinds. */
  static async start(kinds: readonly Kind[], options: ClusterOptions = {}): Promise<TestCluster> {
    const ports = await freePorts(2 * kinds.length);
    const places = await Promise.all(
      kinds.map(async (_kind, at) => {
        const [client, peer] = [ports[2 * at]!, ports[2 * at + 1]!];
        const name = `m${at}`;
        const url = `http://127.0.0.1:${peer}`;
        const advertisedPeerUrl = (await options.advertise?.(name, url)) ?? url;
        return { name, ports: [client, peer] as const, advertisedPeerUrl };
      }),
    );
    const initialCluster = places
      .map(({ name, advertisedPeerUrl }) => `${name}=${advertisedPeerUrl}`)
      .join(",");
    const starts = await Promise.allSettled(
      places.map((place, at) =>
        ServerProcess.start({
          kind: kinds[at]!,
          flags: flagsOf(options, kinds[at]!),
          ...patienceOf(options),
          place: { ...place, initialCluster },
        }),
      ),
    );
    const members = starts.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const cluster = new TestCluster(members, options);
    const failed = starts.find((one) => one.status === "rejected");
    if (failed === undefined) return cluster;
    await cluster[Symbol.asyncDispose]();
    throw failed.reason;
  }

  get endpoints(): string {
    return this.members.map(({ endpoint }) => endpoint).join(",");
  }

  /** Runs etcdctl against all members and expects success. */
  async ctl(...args: string[]): Promise<string> {
    return succeeded(await etcdctl(this.endpoints, args), args);
  }

  /** As `ctl`, against one member. */
  async ask(member: ServerProcess, ...args: string[]): Promise<string> {
    return succeeded(await etcdctl(member.endpoint, args), args);
  }

  /** Adds a member of a kind and starts it on an empty directory. */
  async add(
    kind: Kind,
    { name, isLearner = false }: { name: string; isLearner?: boolean },
  ): Promise<ServerProcess> {
    const [client, peer] = (await freePorts(2)) as [number, number];
    const url = `http://127.0.0.1:${peer}`;
    const advertisedPeerUrl = (await this.#options.advertise?.(name, url)) ?? url;
    // Strict reconfiguration wants members that have been connected for a while.
    await until("a member may be added", async () => {
      const learner = isLearner ? ["--learner"] : [];
      const args = ["member", "add", name, `--peer-urls=${advertisedPeerUrl}`, ...learner];
      await this.leader();
      const done = await etcdctl(this.endpoints, args);
      // An attempt that was given up may have been made all the same.
      if (done.code === 0 || done.stderr.includes("Peer URLs already exists")) return true;
      assert.match(done.stderr, mayBeTriedAgain);
      return undefined;
    });
    const initialCluster = this.members.map((one) => `${one.name}=${one.advertisedPeerUrl}`);
    initialCluster.push(`${name}=${advertisedPeerUrl}`);
    const member = await ServerProcess.start({
      kind,
      flags: [...flagsOf(this.#options, kind), "--initial-cluster-state=existing"],
      ...patienceOf(this.#options),
      place: {
        name,
        ports: [client, peer],
        advertisedPeerUrl,
        initialCluster: initialCluster.join(","),
      },
    });
    this.members.push(member);
    return member;
  }

  /** Promotes a learner as soon as it may be. */
  async promote(id: bigint, through = this.members[0]!): Promise<void> {
    await until("a learner is promoted", async () => {
      const done = await etcdctl(through.endpoint, ["member", "promote", hex(id)]);
      if (done.code === 0 || /can only promote a learner member$/m.test(done.stderr)) return true;
      assert.match(done.stderr, mayBeTriedAgain);
      return undefined;
    });
  }

  /** Removes a member; the process is its owner's to end. */
  async remove(id: bigint): Promise<void> {
    await until("a member is removed", async () => {
      await this.leader();
      const done = await etcdctl(this.endpoints, ["member", "remove", hex(id)]);
      if (done.code === 0 || done.stderr.includes("member not found")) return true;
      assert.match(done.stderr, mayBeTriedAgain);
      return undefined;
    });
  }

  async list(through = this.members[0]!): Promise<KnownMember[]> {
    const said = parseExact(await this.ask(through, "member", "list", "-w", "json")) as {
      members: { ID: bigint; name?: string; peerURLs: string[]; isLearner?: boolean }[];
    };
    return said.members.map(({ ID, name = "", peerURLs, isLearner = false }) => ({
      id: BigInt(ID),
      name,
      peerUrls: peerURLs,
      isLearner,
    }));
  }

  /** What each of these members says; undefined when one does not answer. */
  async statuses(members = this.members): Promise<MemberStatus[] | undefined> {
    const endpoints = members.map(({ endpoint }) => endpoint).join(",");
    const done = await etcdctl(endpoints, ["endpoint", "status", "-w", "json"]);
    if (done.code !== 0) return undefined;
    const said = parseExact(done.stdout) as StatusLine[];
    return said.map(({ Endpoint, Status }) => ({
      endpoint: Endpoint,
      memberId: BigInt(Status.header.member_id),
      leader: BigInt(Status.leader ?? 0),
      term: Status.header.raft_term ?? 0,
      revision: Status.header.revision ?? 0,
      appliedIndex: Status.raftAppliedIndex ?? 0,
      isLearner: Status.isLearner ?? false,
    }));
  }

  async idOf(member: ServerProcess): Promise<bigint> {
    const statuses = await until("a status", () => this.statuses([member]));
    return statuses[0]!.memberId;
  }

  /** The member that all of these follow. */
  leader(among = this.members): Promise<ServerProcess> {
    return until("all follow one leader", async () => {
      const statuses = await this.statuses(among);
      const lead = statuses?.[0]?.leader ?? 0n;
      if (lead === 0n || !statuses?.every(({ leader }) => leader === lead)) return undefined;
      const found = statuses.find(({ memberId }) => memberId === lead);
      return among.find(({ endpoint }) => endpoint === found?.endpoint);
    });
  }

  /** Has `to` lead, by MoveLeader. */
  async moveLeader(to: ServerProcess): Promise<void> {
    const id = await this.idOf(to);
    await until(`${to.name} leads`, async () => {
      const now = await this.leader();
      if (now === to) return true;
      const done = await etcdctl(this.endpoints, ["move-leader", hex(id)]);
      assert.ok(
        done.code === 0 || /not leader|took too long|no leader/.test(done.stderr),
        done.stderr,
      );
      return undefined;
    });
  }

  /** All members hold the same: HashKV at one revision. Returns that revision. */
  async sameHash(members = this.members): Promise<number> {
    const statuses = await until("statuses", () => this.statuses(members));
    const revision = Math.max(...statuses.map((one) => one.revision));
    const endpoints = members.map(({ endpoint }) => endpoint).join(",");
    const args = ["endpoint", "hashkv", `--rev=${revision}`, "-w", "json"];
    const lines = await until("all members have caught up", async () => {
      const done = await etcdctl(endpoints, args);
      return done.code === 0 ? (parseExact(done.stdout) as HashLine[]) : undefined;
    });
    const told = lines.map(({ HashKV }) => [HashKV.hash, HashKV.compact_revision ?? 0]);
    for (const one of told) assert.deepEqual(one, told[0], `HashKV at ${revision}`);
    return revision;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.dispose()));
  }
}

const flagsOf = ({ flags = [] }: ClusterOptions, kind: Kind): readonly string[] =>
  typeof flags === "function" ? flags(kind) : flags;

const patienceOf = ({ readyMilliseconds }: ClusterOptions): { readyMilliseconds?: number } =>
  readyMilliseconds === undefined ? {} : { readyMilliseconds };

interface StatusLine {
  Endpoint: string;
  Status: {
    header: { member_id: bigint; raft_term?: number; revision?: number };
    leader?: bigint;
    raftAppliedIndex?: number;
    isLearner?: boolean;
  };
}

interface HashLine {
  HashKV: { hash: number; compact_revision?: number };
}

function succeeded(done: Finished, args: readonly string[]): string {
  assert.equal(done.code, 0, `etcdctl ${args.join(" ")}: ${done.stdout}${done.stderr}`);
  return done.stdout;
}
