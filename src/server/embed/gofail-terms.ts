// What a failpoint is told to do, in gofail's own language: `2*off->25.0%sleep("1s")->return("why")`.
import { parseDuration } from "../../base/index.ts";

/** A term's value: nothing, text, a number or a truth value. */
export type TermValue = string | number | boolean | undefined;

const acts = ["off", "return", "sleep", "panic", "break", "print"] as const;
export type TermAct = (typeof acts)[number];

export interface Term {
  readonly act: TermAct;
  readonly value: TermValue;
  /** Told each time in turn; all must allow it. */
  readonly allows: readonly (() => boolean)[];
}

/** The terms of a description, or undefined when it is none. `chance` gives numbers in [0, 1). */
export function parseTerms(description: string, chance: () => number): Term[] | undefined {
  const terms: Term[] = [];
  let rest = description;
  while (rest !== "") {
    const found =
      /^((?:\d+(?:\.\d+)?%|\d+\*)*)([a-z]+)(\(\)|\("(?:[^"\\]|\\.)*"\)|\(-?\d+\)|\((?:true|false)\))?/.exec(
        rest,
      );
    const act = acts.find((name) => name === found?.[2]);
    if (found === null || act === undefined) return undefined;
    terms.push({
      act,
      value: valueOf(found[3] ?? "()"),
      allows: [...found[1]!.matchAll(/([\d.]+)([%*])/g)].map(([, number, kind]) =>
        allowance(Number(number), kind === "%", chance),
      ),
    });
    rest = rest.slice(found[0].length);
    if (rest === "") break;
    if (!rest.startsWith("->") || rest === "->") return undefined;
    rest = rest.slice(2);
  }
  return terms.length === 0 ? undefined : terms;
}

function allowance(number: number, isPercent: boolean, chance: () => number): () => boolean {
  if (isPercent) return () => chance() * 100 <= number;
  let left = number;
  return () => left-- > 0;
}

function valueOf(text: string): TermValue {
  if (text === "()") return undefined;
  const inner: unknown = JSON.parse(text.slice(1, -1));
  return inner as TermValue;
}

/** Milliseconds that `sleep` takes; undefined when its value is no duration. */
export function sleepMs(value: TermValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  try {
    return parseDuration(value);
  } catch {
    return undefined;
  }
}
