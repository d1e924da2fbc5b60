// /debug/vars: what Go programs show of themselves (expvar), under etcd's names.
import { id64Hex } from "../../base/index.ts";
import type { Server } from "../member/index.ts";
import type { Handler } from "./reply.ts";

/** What the process knows and the member does not. */
export interface ProcessVariables {
  readonly commandLine: readonly string[];
  fileLimit(): number;
  /** Under the names of Go's runtime.MemStats. */
  memory(): Readonly<Record<string, number>>;
}

export const debugVars =
  (server: Server, variables: ProcessVariables): Handler =>
  (_request, response) => {
    const lines = [
      `"cmdline": ${JSON.stringify(variables.commandLine)}`,
      `"file_descriptor_limit": ${variables.fileLimit()}`,
      `"memstats": ${JSON.stringify(variables.memory())}`,
      `"raft.status": ${raftStatus(server)}`,
    ];
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    response.end(`{\n${lines.join(",\n")}\n}\n`);
  };

/** As raft's Status prints itself: ids in hexadecimal (raft/status.go). */
function raftStatus({ raft }: Server): string {
  const { id, hardState, softState, applied, progress, leadTransferee } = raft.status();
  const followers = [...progress].map(
    ([peer, { match, next, state }]) =>
      `"${id64Hex(peer)}":{"match":${match},"next":${next},"state":"${stateName(state)}"}`,
  );
  return (
    `{"id":"${id64Hex(id)}","term":${hardState.term},"vote":"${id64Hex(hardState.vote)}",` +
    `"commit":${hardState.commit},"lead":"${id64Hex(softState.lead)}",` +
    `"raftState":"${stateName(softState.role)}","applied":${applied},` +
    `"progress":{${followers.join(",")}},"leadtransferee":"${id64Hex(leadTransferee)}"}`
  );
}

const stateName = (state: string): string =>
  `State${state.charAt(0).toUpperCase()}${state.slice(1)}`;
