// Command line and environment, read by Go's rules (package flag; etcd's pkg/flags): one dash or two,
// `=value` or the next argument, a bare boolean is true; ETCD_NAME for --name; both at once is fatal.
import { parseDuration } from "../../base/index.ts";
import { type FlagSpec, flagTable } from "./flag-table.ts";

/** Bad usage: printed as it is, with exit code 2 for parsing and 1 for all that comes later. */
export class UsageError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Flag and variable at once: etcd's log says it with the variable as a field. */
export class ShadowedVariable extends UsageError {
  readonly variable: string;
  constructor(variable: string, name: string) {
    super(
      `conflicting environment variable "${variable}" is shadowed by corresponding command-line ` +
        `flag "${name}" (either unset environment variable or disable flag))`,
      1,
    );
    this.variable = variable;
  }
}

export interface FlagValues {
  readonly text: ReadonlyMap<string, string>;
  /** Names given on the command line or in the environment. */
  readonly given: ReadonlySet<string>;
  readonly unknownVariables: readonly string[];
  /** Name and value of each variable that counted. */
  readonly usedVariables: readonly (readonly [name: string, value: string])[];
  readonly help: boolean;
  /** They come from a configuration file, which forgives what a command line does not. */
  readonly isFile: boolean;
}

export function parseFlags(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): FlagValues {
  const text = new Map<string, string>();
  for (const spec of flagTable.values()) text.set(spec.name, spec.initial);
  const line = parseArguments(argv);
  for (const [name, value] of line.values) text.set(name, value);
  const given = new Set(line.values.keys());
  const unknownVariables: string[] = [];
  const usedVariables: [string, string][] = [];
  const found = { text, given, unknownVariables, usedVariables, help: line.help, isFile: false };
  const file = line.values.get("config-file") || environment["ETCD_CONFIG_FILE"] || "";
  text.set("config-file", file);
  // A configuration file takes the place of everything else: nothing there can conflict.
  if (file !== "") return found;
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || !variable.startsWith("ETCD_") || isOurVariable(variable)) continue;
    const name = variable.slice("ETCD_".length).toLowerCase().replaceAll("_", "-");
    const spec = flagTable.get(name);
    if (spec === undefined || name === "version") {
      unknownVariables.push(`${variable}=${value}`);
      continue;
    }
    if (line.values.has(name)) throw new ShadowedVariable(variable, name);
    if (value === "") continue;
    usedVariables.push([variable, value]);
    if (spec.ignored) continue;
    text.set(
      name,
      checked(spec, value, (why) => badVariable(variable, value, why)),
    );
    given.add(name);
  }
  return found;
}

/** Variables that are no flag but mean something to the process itself. */
const isOurVariable = (name: string): boolean =>
  name === "ETCD_UNSUPPORTED_ARCH" || name === "ETCD_VERIFY";

const badVariable = (variable: string, value: string, why: string): UsageError =>
  new UsageError(`invalid value "${value}" for ${variable}: ${why}`, 1);

/** A value that is refused where it is used, in the words for where it came from. */
export function refused(values: FlagValues, name: string, value: string, why: string): UsageError {
  const variable = `ETCD_${name.toUpperCase().replaceAll("-", "_")}`;
  const isVariable = values.usedVariables.some(([used]) => used === variable);
  return isVariable ? badVariable(variable, value, why) : badFlag(name, value, why);
}

interface CommandLine {
  readonly values: Map<string, string>;
  readonly help: boolean;
}

function parseArguments(argv: readonly string[]): CommandLine {
  const values = new Map<string, string>();
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at]!;
    const [, dashes, name = "", equals, inline = ""] =
      /^(--?)([^=]*)(=)?([\s\S]*)$/.exec(argument) ?? [];
    if (dashes === undefined || argument === "-") {
      throw new UsageError(`${JSON.stringify(argument)} is not a valid flag`, 1);
    }
    if (argument === "--") {
      if (argv[at + 1] === undefined) break;
      throw new UsageError(`${JSON.stringify(argv[at + 1])} is not a valid flag`, 1);
    }
    if (name === "" || name.startsWith("-"))
      throw new UsageError(`bad flag syntax: ${argument}`, 2);
    if (name === "h" || name === "help") return { values, help: true };
    const spec = flagTable.get(name);
    if (spec === undefined) throw unknownFlag(name);
    let value = inline;
    if (equals === undefined) {
      if (spec.kind === "bool" || (spec.ignored && argv[at + 1]?.startsWith("-") !== false)) {
        value = "true";
      } else {
        const next = argv[++at];
        if (next === undefined) throw new UsageError(`flag needs an argument: -${name}`, 2);
        value = next;
      }
    }
    const kept = checked(spec, value, (why) => badFlag(name, value, why));
    const before = name === "feature-gates" ? values.get(name) : undefined;
    values.set(name, before === undefined ? kept : `${before},${kept}`);
  }
  return { values, help: false };
}

function badFlag(name: string, value: string, why: string): UsageError {
  const isBool = flagTable.get(name)?.kind === "bool";
  const what = isBool
    ? `invalid boolean value "${value}" for -`
    : `invalid value "${value}" for flag -`;
  return new UsageError(`${what}${name}: ${why}`, 2);
}

function unknownFlag(name: string): UsageError {
  const nearest = nearestFlag(name);
  const hint = nearest === undefined ? "" : `\ndid you mean --${nearest}?`;
  return new UsageError(`flag provided but not defined: -${name}${hint}`, 2);
}

/** The value as it will be kept, or the error that `fail` makes of Go's reason. */
function checked(spec: FlagSpec, value: string, fail: (why: string) => UsageError): string {
  if (spec.ignored) return value;
  switch (spec.kind) {
    case "bool":
      if (/^(1|t|T|TRUE|true|True)$/.test(value)) return "true";
      if (/^(0|f|F|FALSE|false|False)$/.test(value)) return "false";
      throw fail("parse error");
    case "uint":
      if (/^\d+$/.test(value)) return inRange(spec, value, fail);
      throw fail(is32Bit(spec) ? `${parsing(value)}: invalid syntax` : "parse error");
    case "int":
      if (/^[-+]?\d+$/.test(value)) return inRange(spec, value, fail);
      throw fail("parse error");
    case "duration":
      if (parseDuration(value) === undefined) throw fail("parse error");
      return value;
    case "string":
      if (spec.choices?.includes(value) === false) throw fail("invalid value");
      return value;
    case "strings":
      for (const one of spec.choices === undefined ? [] : value.split(",")) {
        if (!spec.choices?.includes(one)) throw fail(`invalid value "${one}"`);
      }
      return value;
    case "urls":
      return value;
    default:
      return spec.kind satisfies never;
  }
}

/** The one flag with a type of etcd's own, which tells of strconv's error as it is. */
const is32Bit = (spec: FlagSpec): boolean => spec.name === "max-concurrent-streams";
const parsing = (value: string): string => `strconv.ParseUint: parsing "${value}"`;

function inRange(spec: FlagSpec, value: string, fail: (why: string) => UsageError): string {
  const limit = is32Bit(spec) ? 2n ** 32n - 1n : 2n ** 63n - 1n;
  const number = BigInt(value.replace(/^\+/, ""));
  if (number > limit || number < -(2n ** 63n)) {
    throw fail(is32Bit(spec) ? `${parsing(value)}: value out of range` : "value out of range");
  }
  return String(number);
}

/** The known flag with the fewest edits, when few enough to be a slip. */
export function nearestFlag(name: string): string | undefined {
  let best: string | undefined;
  let bestEdits = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const spec of flagTable.values()) {
    if (spec.ignored) continue;
    const edits = editDistance(name, spec.name);
    if (edits < bestEdits) [best, bestEdits] = [spec.name, edits];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
