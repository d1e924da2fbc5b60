// gofail's runtime: named places in the write path that an outside fault suite may stop, delay or break,
// by environment (GOFAIL_FAILPOINTS) and over HTTP (GOFAIL_HTTP). Without these variables nothing of it
// is loaded.
import { writeSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import type { Failpoint } from "../../io/host/index.ts";
import { parseTerms, sleepMs, type Term } from "./gofail-terms.ts";

/** Every place there is; the names and what they stand before are etcd's. */
export const failpointNames = [
  "afterCommit",
  "afterStartDBTxn",
  "afterWritebackBuf",
  "applyAfterOpenSnapshot",
  "applyBeforeOpenSnapshot",
  "beforeApplyOneConfChange",
  "beforeApplyOneEntryNormal",
  "beforeCommit",
  "beforeSendWatchResponse",
  "beforeStartDBTxn",
  "beforeWritebackBuf",
  "commitAfterPreCommitHook",
  "commitBeforePreCommitHook",
  "compactAfterCommitBatch",
  "compactAfterCommitScheduledCompact",
  "compactAfterSetFinishedCompact",
  "compactBeforeCommitBatch",
  "compactBeforeCommitScheduledCompact",
  "compactBeforeSetFinishedCompact",
  "defragBeforeCopy",
  "defragBeforeRename",
  "defragOpenFileError",
  "defragdbFail",
  "raftAfterApplySnap",
  "raftAfterSave",
  "raftAfterSaveSnap",
  "raftAfterWALRelease",
  "raftBeforeApplySnap",
  "raftBeforeFollowerSend",
  "raftBeforeLeaderSend",
  "raftBeforeSave",
  "raftBeforeSaveSnap",
  "raftBeforeWALSaveSnaphot",
  "snapDBDirSyncError",
  "snapDBRenameBeforeDirSync",
  "walAfterSync",
  "walBeforeSync",
] as const;

/** Those where etcd stops raft's goroutine or the applier's: here the member alone stops for a sleep. */
const isOfTheMember = (name: string): boolean => /^(raft|beforeApply)/.test(name);

interface Armed {
  readonly description: string;
  readonly terms: readonly Term[];
  count: number;
}

/** Go's exit code of a panic. */
const panicCode = 2;
const bodyBytesMax = 64 * 1024;
const missing = "failpoint: failpoint does not exist";
const disabled = "failpoint: failpoint is disabled";
const badTerms = "failpoint: could not parse terms";

export interface GofailHost {
  readonly chance: () => number;
  /** Ends the process at once. */
  readonly die: (text: string) => void;
  /** Stops the process, as where etcd sleeps with a lock that everybody needs. */
  readonly sleep: (ms: number) => void;
  /** Stops the member; requests that do not need it are still answered. */
  readonly hold: (ms: number) => void;
}

export class Gofail {
  readonly #known: ReadonlySet<string>;
  readonly #host: GofailHost;
  readonly #armed = new Map<string, Armed>();

  constructor(names: readonly string[], host: GofailHost) {
    this.#known = new Set(names);
    this.#host = host;
  }

  /** The error's text when it cannot be. */
  enable(name: string, description: string): string | undefined {
    if (!this.#known.has(name)) return missing;
    const terms = parseTerms(description, this.#host.chance);
    if (terms === undefined) return badTerms;
    this.#armed.set(name, { description, terms, count: 0 });
    return undefined;
  }

  disable(name: string): string | undefined {
    if (!this.#known.has(name)) return missing;
    return this.#armed.delete(name) ? undefined : disabled;
  }

  status(name: string): { description: string; count: number } | string {
    if (!this.#known.has(name)) return missing;
    return this.#armed.get(name) ?? disabled;
  }

  names(): string[] {
    return [...this.#known].toSorted();
  }

  /** A failpoint is reached; the text of its `return`, if it has one. */
  readonly reach: Failpoint = (name, sleep) => {
    const armed = this.#armed.get(name);
    if (armed === undefined) return undefined;
    for (const term of armed.terms) {
      if (!term.allows.every((allow) => allow())) continue;
      armed.count++;
      return this.#act(name, term, sleep);
    }
    return undefined;
  };

  #act(
    name: string,
    { act, value }: Term,
    sleep = this.#host[isOfTheMember(name) ? "hold" : "sleep"],
  ): string | undefined {
    switch (act) {
      case "return":
        return value === undefined ? "" : String(value);
      case "sleep":
        sleep(sleepMs(value) ?? 0);
        return undefined;
      case "panic":
        this.#host.die(`panic: failpoint panic: ${value === undefined ? name : String(value)}\n`);
        return undefined;
      case "print":
        console.log("failpoint print:", name);
        return undefined;
      case "off":
      case "break":
        return undefined;
    }
  }
}

/** One request of gofail's HTTP protocol: the status and the body. */
export function answerGofail(
  gofail: Gofail,
  method: string,
  path: string,
  body: string,
): { status: number; text: string } {
  const name = path.slice(1);
  const answer = (status: number, text: string): { status: number; text: string } => ({
    status,
    text,
  });
  if (method === "PUT") {
    const pairs = name.toLowerCase() === "failpoints" ? pairsOf(body) : [[name, body] as const];
    for (const [key, terms] of pairs) {
      const error = gofail.enable(key, terms);
      if (error !== undefined) return answer(400, `fail to set failpoint: ${error}\n`);
    }
    return answer(204, "");
  }
  if (method === "DELETE") {
    const error = gofail.disable(name);
    return error === undefined
      ? answer(204, "")
      : answer(400, `failed to delete failpoint ${error}\n`);
  }
  if (method !== "GET") return answer(405, "Method not allowed\n");
  if (name === "") {
    const lines = gofail.names().map((each) => {
      const status = gofail.status(each);
      return `${each}=${typeof status === "string" ? "" : status.description}\n`;
    });
    return answer(200, lines.join(""));
  }
  const isCount = name.endsWith("/count");
  const status = gofail.status(isCount ? name.slice(0, -"/count".length) : name);
  if (typeof status === "string") {
    return answer(isCount && status !== missing ? 500 : 404, `failed to GET: ${status}\n`);
  }
  return answer(200, isCount ? String(status.count) : `${status.description}\n`);
}

/** `name=terms;name=terms`. */
function pairsOf(text: string): (readonly [string, string])[] {
  return text
    .split(";")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const cut = pair.indexOf("=");
      return [pair.slice(0, cut), pair.slice(cut + 1)] as const;
    });
}

/** The failpoints that the environment asks for; undefined, as nearly always, when it asks for none. */
export function gofailFrom(
  environment: NodeJS.ProcessEnv,
  hold: (ms: number) => void,
): Failpoint | undefined {
  const { GOFAIL_HTTP: address, GOFAIL_FAILPOINTS: initial } = environment;
  if (address === undefined && initial === undefined) return undefined;
  const gofail = new Gofail(failpointNames, {
    chance: Math.random,
    die: (text) => {
      writeSync(2, text);
      process.exit(panicCode);
    },
    hold,
    sleep: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  });
  for (const [name, terms] of pairsOf(initial ?? "")) {
    const error = gofail.enable(name, terms);
    if (error !== undefined) throw new Error(`fail to set failpoint ${name}: ${error}`);
  }
  if (address !== undefined) serve(gofail, address);
  return gofail.reach;
}

function serve(gofail: Gofail, address: string): HttpServer {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => {
      body += piece;
      if (body.length > bodyBytesMax) request.destroy();
    });
    request.on("end", () => {
      const { method = "GET", url = "/" } = request;
      const { status, text } = answerGofail(gofail, method, url, body);
      response.statusCode = status;
      response.end(text);
    });
  });
  const cut = address.lastIndexOf(":");
  server.listen(Number(address.slice(cut + 1)), address.slice(0, cut));
  server.unref();
  return server;
}
