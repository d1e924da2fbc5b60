// What a node tells about itself while it works, for the host's log and metrics. The core has no
// words of its own: the host makes etcd's log lines of these. Nothing here happens per entry.
import type { Id64 } from "../../../base/index.ts";
import type { MessageType } from "../messages.ts";
import type { Configuration } from "../tracker/configuration.ts";
import type { Role } from "../state.ts";
import type { DropReason } from "./refusal.ts";

export type RaftEvent =
  /** It has a new role, or the same one in a new term. */
  | { readonly kind: "role"; readonly role: Role; readonly term: number; readonly lead: Id64 }
  | { readonly kind: "election started"; readonly term: number }
  /** It was to campaign and must not. */
  | {
      readonly kind: "election refused";
      readonly reason: "not promotable" | "configuration change not applied";
    }
  | { readonly kind: "vote requested"; readonly to: Id64; readonly request: MessageType }
  /** A vote came, its own included; so many are in. */
  | {
      readonly kind: "vote received";
      readonly from: Id64;
      readonly response: MessageType;
      readonly isGranted: boolean;
      readonly grantedCount: number;
      readonly rejectedCount: number;
    }
  /** It was asked for its vote; "leased" means that it follows a live leader and did not answer. */
  | {
      readonly kind: "vote asked";
      readonly from: Id64;
      readonly request: MessageType;
      readonly answer: "granted" | "rejected" | "leased";
    }
  /** Someone is in a later term. */
  | {
      readonly kind: "higher term";
      readonly from: Id64;
      readonly type: MessageType;
      readonly term: number;
    }
  | { readonly kind: "quorum lost" }
  | { readonly kind: "leader forgotten"; readonly lead: Id64 }
  | { readonly kind: "configuration"; readonly config: Configuration }
  /** A configuration change went into the log as an empty entry. */
  | {
      readonly kind: "configuration change refused";
      readonly reason: "one may be pending" | "joint" | "not joint";
    }
  | { readonly kind: "proposal dropped"; readonly reason: DropReason }
  | {
      readonly kind: "append rejected";
      readonly from: Id64;
      readonly index: number;
      readonly logTerm: number;
    }
  | { readonly kind: "snapshot sent"; readonly to: Id64; readonly index: number }
  | {
      readonly kind: "snapshot received";
      readonly index: number;
      readonly term: number;
      readonly outcome: "restored" | "ignored" | "commit moved";
    }
  | { readonly kind: "transfer started"; readonly to: Id64 }
  | { readonly kind: "transfer aborted"; readonly to: Id64 }
  | { readonly kind: "read index dropped"; readonly reason: "no leader" };

export type RaftObserver = (event: RaftEvent) => void;
