// raft tells what happens as facts; here they become the log lines of etcd's raft, which operators and
// test suites read.
import { type Id64, id64Hex, unreachable } from "../../base/index.ts";
import { MessageType, type RaftEvent, type RaftObserver } from "../../core/raft/index.ts";
import type { Log } from "../../io/host/index.ts";

const messageNames = Object.keys(MessageType);
const nameOf = (type: number): string => messageNames[type] ?? String(type);

/** Writes raft's lines under the logger name `raft`. `termOf` reads the node's present term. */
export function raftLog(log: Log, id: Id64, termOf: () => number): RaftObserver {
  const raft = log.named("raft");
  const self = id64Hex(id);
  let leadSeen: Id64 = 0n;
  const leaderLine = (lead: Id64, term: number): void => {
    if (lead === leadSeen) return;
    if (leadSeen === 0n) {
      raft.info(`raft.node: ${self} elected leader ${id64Hex(lead)} at term ${term}`);
    } else if (lead === 0n) {
      raft.info(`raft.node: ${self} lost leader ${id64Hex(leadSeen)} at term ${term}`);
    } else {
      const [from, to] = [id64Hex(leadSeen), id64Hex(lead)];
      raft.info(`raft.node: ${self} changed leader from ${from} to ${to} at term ${term}`);
    }
    leadSeen = lead;
  };
  return (event: RaftEvent): void => {
    switch (event.kind) {
      case "role":
        raft.info(`${self} became ${event.role} at term ${event.term}`);
        return leaderLine(event.lead, event.term);
      case "election started":
        return raft.info(`${self} is starting a new election at term ${event.term}`);
      case "vote received":
        raft.info(`${self} received ${voteText(event)} at term ${termOf()}`);
        return raft.info(`${self} has received ${votesText(event)}`);
      case "vote requested":
        return raft.info(
          `${self} sent ${nameOf(event.request)} request to ${id64Hex(event.to)} ` +
            `at term ${termOf()}`,
        );
      case "quorum lost":
        return raft.warn(`${self} stepped down to follower since quorum is not active`);
      case "configuration":
        return raft.info(`${self} switched to configuration ${configurationText(event)}`);
      case "proposal dropped":
        return raft.info(`${self} dropped a proposal at term ${termOf()}: ${event.reason}`);
      case "higher term":
        return raft.info(
          `${self} received a ${nameOf(event.type)} message with higher term ` +
            `from ${id64Hex(event.from)} at term ${event.term}`,
        );
      case "leader forgotten":
        return raft.info(`${self} forgot leader ${id64Hex(event.lead)} at term ${termOf()}`);
      case "election refused":
      case "configuration change refused":
        return raft.warn(`${self} ${event.kind}: ${event.reason}`);
      case "read index dropped":
        return raft.info(`${self} no leader at term ${termOf()}; dropping index reading msg`);
      case "transfer started":
      case "transfer aborted":
        return raft.info(
          `${self} ${event.kind} at term ${termOf()} (transferee ${id64Hex(event.to)})`,
        );
      case "snapshot sent":
        return raft.info(`${self} sent snapshot index ${event.index} to ${id64Hex(event.to)}`);
      case "snapshot received":
        return raft.info(
          `${self} ${event.outcome} snapshot [index: ${event.index}, term: ${event.term}]`,
        );
      case "append rejected":
      case "vote asked":
        return raft.debug(`${self} ${event.kind} by ${id64Hex(event.from)} at term ${termOf()}`);
      default:
        return unreachable(event);
    }
  };
}

type VoteEvent = Extract<RaftEvent, { kind: "vote received" }>;

const voteText = ({ response, isGranted, from }: VoteEvent): string =>
  `${nameOf(response)}${isGranted ? "" : " rejection"} from ${id64Hex(from)}`;

const votesText = ({ response, grantedCount, rejectedCount }: VoteEvent): string =>
  `${grantedCount} ${nameOf(response)} votes and ${rejectedCount} vote rejections`;

type ConfigurationEvent = Extract<RaftEvent, { kind: "configuration" }>;

function configurationText({ config }: ConfigurationEvent): string {
  const list = (ids: Iterable<Id64>): string => `(${[...ids].map(id64Hex).join(" ")})`;
  const { incoming, outgoing, learners, learnersNext, autoLeave } = config;
  const parts = [`voters=${list(incoming)}${outgoing.size > 0 ? `&&${list(outgoing)}` : ""}`];
  if (learners.size > 0) parts.push(`learners=${list(learners)}`);
  if (learnersNext.size > 0) parts.push(`learners_next=${list(learnersNext)}`);
  if (autoLeave) parts.push("autoleave");
  return parts.join(" ");
}
