// Which version the cluster speaks (etcdserver's api/membership and version packages): the leader asks
// every member for its version and has the log raise the cluster's to the lowest of them, or lower it
// when a downgrade was asked for.
import { decodeUtf8, type Id64, id64Hex } from "../../base/index.ts";
import { EtcdError } from "../../core/errors/index.ts";
import type { Cluster, Member as ClusterMember } from "../../core/membership/index.ts";
import {
  encodeClusterVersionSetRequest,
  encodeDowngradeInfoSetRequest,
  makeClusterVersionSetRequest,
  makeDowngradeInfoSetRequest,
} from "../../core/proto/index.ts";
import type { Cancel, Clock, Log } from "../../io/host/index.ts";
import type { AskPeer } from "../../io/rafthttp/index.ts";
import type { Member } from "./member.ts";
import { isLessMinor, isOneMinorBelow, minorOf, minorText } from "./minor-version.ts";

export interface VersionMonitorParts {
  readonly memberId: Id64;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly member: Member;
  /** Undefined where there is no network: everyone is taken to run our version. */
  readonly ask: AskPeer | undefined;
  readonly serverVersion: string;
  readonly downgrade: () => { readonly enabled: boolean; readonly targetVersion: string };
}

const intervalMs = 4000;
const downgradeIntervalMs = 5000;
const minClusterVersion = "3.0.0";

/** Versions by member; undefined for one that did not say. */
type Versions = ReadonlyMap<Id64, string | undefined>;

export class VersionMonitor {
  readonly #parts: VersionMonitorParts;
  #cancel: Cancel = () => {};
  #cancelDowngrade: Cancel = () => {};
  #isAsking = false;

  constructor(parts: VersionMonitorParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#cancel = this.#parts.clock.after(intervalMs, () => {
      this.start();
      this.check();
    });
  }

  startDowngradeCheck(): void {
    this.#cancelDowngrade = this.#parts.clock.after(downgradeIntervalMs, () => {
      this.startDowngradeCheck();
      this.#cancelDowngradeWhenDone();
    });
  }

  stop(): void {
    this.#cancel();
    this.#cancelDowngrade();
  }

  /** Decides anew, on a leader; to be called when its term begins, too. */
  check(): void {
    const { member, cluster, ask, memberId } = this.#parts;
    if (!member.isLeader || this.#isAsking) return;
    const isAlone = cluster.members().every(({ id }) => id === memberId);
    if (ask === undefined || isAlone) return this.#decide(this.#parts.serverVersion);
    this.#isAsking = true;
    this.#versions((versions) => {
      this.#isAsking = false;
      if (member.isLeader) this.#decide(this.#lowest(versions));
    });
  }

  /** Monitor.decideClusterVersion. `lowest` is undefined when somebody's version is not known. */
  #decide(lowest: string | undefined): void {
    const { cluster, log, downgrade } = this.#parts;
    const current = cluster.version;
    if (current === undefined) {
      return this.#propose(lowest === undefined ? minClusterVersion : minorText(lowest));
    }
    if (lowest === undefined) return;
    const { enabled, targetVersion } = downgrade();
    const now = minorOf(current);
    const least = minorOf(lowest);
    if (now === undefined || least === undefined) return;
    if (!enabled) {
      if (isLessMinor(current, lowest) && now.major === least.major) {
        this.#propose(minorText(lowest));
      }
      return;
    }
    const target = minorOf(targetVersion);
    if (target === undefined || minorText(targetVersion) === minorText(current)) return;
    if (!isOneMinorBelow(target, now) || !isOneMinorBelow(target, least)) {
      log.error("Cannot downgrade from cluster-version to downgrade-target", {
        "downgrade-target": targetVersion,
        "cluster-version": current,
      });
      log.error("Failed to monitor cluster version", { error: "invalid downgrade target" });
      return;
    }
    this.#propose(minorText(targetVersion));
  }

  #propose(version: string): void {
    const { cluster, log, member } = this.#parts;
    const text = version.replace(/\.\d+$/, "");
    const from = cluster.version;
    if (from === version) return;
    if (from === undefined) {
      log.info("setting up initial cluster version using v3 API", { "cluster-version": text });
    } else {
      const fields = { from: from.replace(/\.\d+$/, ""), to: text };
      log.info("updating cluster version using v3 API", fields);
    }
    const request = encodeClusterVersionSetRequest(makeClusterVersionSetRequest({ ver: version }));
    member.propose("clusterVersionSet", request, (outcome) => {
      if (outcome instanceof EtcdError) {
        log.warn("failed to update cluster version", { error: outcome });
      } else log.info("cluster version is updated", { "cluster-version": text });
    });
  }

  /** A downgrade is over when every member runs the version it was meant for. */
  #cancelDowngradeWhenDone(): void {
    const { downgrade, log, member } = this.#parts;
    const { enabled, targetVersion } = downgrade();
    if (!enabled || !member.isLeader) return;
    this.#versions((versions) => {
      for (const [id, version] of versions) {
        if (version === undefined) return;
        if (minorText(version) === minorText(targetVersion)) continue;
        log.warn("remotes server has mismatching etcd version", {
          "remote-member-id": id64Hex(id),
          "current-server-version": minorText(version),
          "target-version": minorText(targetVersion),
        });
        return;
      }
      log.info("the cluster has been downgraded", { "cluster-version": targetVersion });
      const request = encodeDowngradeInfoSetRequest(makeDowngradeInfoSetRequest());
      member.propose("downgradeInfoSet", request, (outcome) => {
        if (!(outcome instanceof EtcdError)) return;
        log.warn("failed to cancel downgrade", { error: outcome });
      });
    });
  }

  #versions(done: (versions: Versions) => void): void {
    const { cluster, memberId, serverVersion, ask, log } = this.#parts;
    const versions = new Map<Id64, string | undefined>();
    const members = cluster.members();
    let left = members.length;
    const came = (id: Id64, version: string | undefined): void => {
      versions.set(id, version);
      left--;
      if (left === 0) done(versions);
    };
    for (const each of members) {
      if (each.id === memberId || ask === undefined) came(each.id, serverVersion);
      else {
        askVersions(ask, each, log, this.#timeoutMs, (answer) => came(each.id, answer?.server));
      }
    }
  }

  get #timeoutMs(): number {
    return this.#parts.member.settings.requestTimeoutMs;
  }

  #lowest(versions: Versions): string | undefined {
    const { log, serverVersion } = this.#parts;
    let lowest: string | undefined;
    for (const [id, version] of versions) {
      if (version === undefined) return undefined;
      const fields = { "remote-member-id": id64Hex(id), "remote-member-version": version };
      if (minorOf(version) === undefined) {
        log.warn("failed to parse server version of remote member", fields);
        return undefined;
      }
      if (isLessMinor(serverVersion, version)) {
        const local = { "local-member-version": serverVersion };
        log.warn("leader found higher-versioned member", { ...local, ...fields });
      }
      if (lowest === undefined || isLessMinor(version, lowest)) lowest = version;
    }
    return lowest;
  }
}

/** What a member says of itself at `/version`; undefined when none of its URLs answers. */
export function askVersions(
  ask: AskPeer,
  member: ClusterMember,
  log: Log,
  timeoutMs: number,
  done: (versions: { readonly server: string; readonly cluster: string } | undefined) => void,
): void {
  const hex = id64Hex(member.id);
  const next = (at: number): void => {
    const base = member.peerUrls[at];
    if (base === undefined) {
      log.warn("failed to get version", { "remote-member-id": hex });
      return done(undefined);
    }
    const url = `${base}/version`;
    ask({ method: "GET", url, timeoutMs }, (answer) => {
      const fields = { address: url, "remote-member-id": hex };
      if (answer instanceof Error) {
        log.warn("failed to reach the peer URL", { ...fields, error: answer });
        return next(at + 1);
      }
      const versions = versionsOf(answer.body);
      if (versions !== undefined) return done(versions);
      log.warn("failed to unmarshal response", fields);
      next(at + 1);
    });
  };
  next(0);
}

function versionsOf(body: Uint8Array): { server: string; cluster: string } | undefined {
  try {
    const parsed = JSON.parse(decodeUtf8(body) ?? "") as Record<string, unknown>;
    const text = (value: unknown): string => (typeof value === "string" ? value : "");
    return { server: text(parsed["etcdserver"]), cluster: text(parsed["etcdcluster"]) };
  } catch {
    return undefined;
  }
}
