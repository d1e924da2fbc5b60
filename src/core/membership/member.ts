// One member as the cluster knows it, and its JSON record (bucket `members`, conf change contexts).
import { encodeUtf8, type Id64 } from "../../base/index.ts";

export interface Member {
  readonly id: Id64;
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
  /** Empty until the member has published itself: it has not started yet. */
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** Context of a conf change: a member, or the promotion of a learner. */
export interface ConfChangeContext {
  readonly member: Member;
  readonly isPromote: boolean;
}

/** The record of bucket `members`: Go's JSON of membership.Member, ids as bare uint64. */
export const encodeMember = (member: Member): Uint8Array => encodeUtf8(memberJson(member));

/** As etcdserver encodes the context of AddNode, AddLearnerNode and UpdateNode. */
export const encodeConfChangeContext = (context: ConfChangeContext): Uint8Array =>
  encodeUtf8(memberJson(context.member, context.isPromote));

/** The record as text, as `/members` shows it too. Ids are bare uint64, which JSON.stringify cannot. */
export function memberJson(member: Member, isPromote = false): string {
  const urls = isPromote ? "null" : goList(member.peerUrls);
  let text = `{"id":${member.id},"peerURLs":${urls}`;
  if (member.isLearner) text += `,"isLearner":true`;
  if (member.name !== "") text += `,"name":${goString(member.name)}`;
  if (member.clientUrls.length > 0) text += `,"clientURLs":${goList(member.clientUrls)}`;
  if (isPromote) text += `,"isPromote":true`;
  return `${text}}`;
}

/** A JSON string as Go's encoder writes it: HTML characters escaped. */
export const goString = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const goList = (items: readonly string[]): string => `[${items.map(goString).join(",")}]`;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** JSON whose `id` keeps its 64 bits; undefined when it is not a JSON object. */
export function parseWithIds(text: string): Record<string, unknown> | undefined {
  const keepIds: Reviver = (key, value, context) =>
    typeof value === "number" && key.toLowerCase() === "id" && /^\d+$/.test(context.source ?? "")
      ? BigInt(context.source!)
      : value;
  try {
    const parsed: unknown = JSON.parse(text, keepIds as (key: string, value: unknown) => unknown);
    return typeof parsed === "object" && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Reads what `/members` answers; undefined when it is not a list of members. */
export function parseMembers(text: string): Member[] | undefined {
  const list: unknown = parseWithIds(text);
  if (!Array.isArray(list)) return undefined;
  const members: Member[] = [];
  for (const item of list) {
    if (typeof item !== "object" || item === null) return undefined;
    const context = contextFrom(item as Record<string, unknown>);
    if (context === undefined) return undefined;
    members.push(context.member);
  }
  return members;
}

/** Reads either record; undefined when it is not one. Keys are matched as Go does, in any case. */
export function parseConfChangeContext(text: string): ConfChangeContext | undefined {
  const parsed = parseWithIds(text);
  return parsed === undefined ? undefined : contextFrom(parsed);
}

function contextFrom(parsed: Record<string, unknown>): ConfChangeContext | undefined {
  const fields = new Map(Object.entries(parsed).map(([key, value]) => [key.toLowerCase(), value]));
  const id = fields.get("id");
  if (typeof id !== "bigint") return undefined;
  const name = fields.get("name");
  return {
    member: {
      id,
      peerUrls: stringsOf(fields.get("peerurls")),
      isLearner: fields.get("islearner") === true,
      name: typeof name === "string" ? name : "",
      clientUrls: stringsOf(fields.get("clienturls")),
    },
    isPromote: fields.get("ispromote") === true,
  };
}

const stringsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
