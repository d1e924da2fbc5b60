// Where a decoder of ours takes what etcd's refuses, or the other way, on purpose; docs/compatibility.md
// gives the reasons.
import type { Case } from "./decoders.ts";

/** Whether a difference is one of those on the list. */
export function isKnown(name: string, one: Case, theirs: string): boolean {
  return known[name]?.(Buffer.from(one.bytes).toString("latin1"), one.ours, theirs, one) ?? false;
}

type Judge = (text: string, ours: string, theirs: string, one: Case) => boolean;

const isStricter = (ours: string, theirs: string): boolean => ours === "-" && theirs === "+";

const known: Readonly<Record<string, Judge>> = {
  // Of a union that comes several times only the last counts; those before it are not looked into. No
  // client sends such: entries come from members, and responses from servers.
  "proto-internal": (_text, ours, theirs) => ours === "+" && theirs === "-",
  "proto-kv": (_text, ours, theirs, { target }) =>
    ours === "+" && theirs === "-" && /(ResponseOp|TxnResponse)$/.test(target),
  // What claims more entries than a message may hold is refused at once; etcd takes memory and waits.
  "peer-msgapp": (_text, ours, theirs) => ours === "-" && theirs === "~",
  // RFC 7541 4.2: the size of the table changes at the beginning of a block. x/net forgives it behind
  // fields while the table is empty.
  hpack: (_text, ours, theirs) => isStricter(ours, theirs),
  // Another parser: more forgiving with line ends and names of anchors, less with the columns of lists.
  yaml: (text, ours) => ours === "+" || /\[[^\]]*\n[^\]]*\]/.test(text),
  // A token of a negative revision: Go makes some unsigned number of it.
  jwt: (text, ours, theirs) =>
    isStricter(ours, theirs) &&
    /"revision":-/.test(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()),
  // No cluster at all: etcd says so later.
  cluster: (text, ours, theirs) => isStricter(ours, theirs) && /^,*$/.test(text),
};
