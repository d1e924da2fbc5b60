// --config-file: YAML or JSON in place of every flag and variable (embed.ConfigFromFile). Keys are the
// flags' names, but for sections and for what a file cannot say; types are JSON's, durations integer
// nanoseconds, unknown keys are passed over, and errors are those of encoding/json.
import { readFileSync } from "node:fs";
import { fileOnly } from "./config-security.ts";
import { type FlagKind, flagTable } from "./flag-table.ts";
import { type FlagValues, UsageError } from "./flags.ts";

/** The types of Go's fields, where the kind of the flag does not tell. */
type GoType = FlagKind | "uint32" | "uint64" | "int64" | "[]string";
type Section = Readonly<Record<string, readonly [flag: string, type: GoType]>>;

const goTypes: Readonly<Record<string, GoType>> = {
  "snapshot-count": "uint64",
  "snapshot-catchup-entries": "uint64",
  "quota-backend-bytes": "int64",
  "max-concurrent-streams": "uint32",
  "cipher-suites": "[]string",
  "log-outputs": "[]string",
};

const securitySection = (prefix: string): Section => ({
  "cert-file": [`${prefix}cert-file`, "string"],
  "key-file": [`${prefix}key-file`, "string"],
  "client-cert-file": [`${prefix}client-cert-file`, "string"],
  "client-key-file": [`${prefix}client-key-file`, "string"],
  "client-cert-auth": [`${prefix}client-cert-auth`, "bool"],
  "trusted-ca-file": [`${prefix}trusted-ca-file`, "string"],
  "auto-tls": [`${prefix}auto-tls`, "bool"],
});

const sections: Readonly<Record<string, Section>> = {
  "client-transport-security": {
    ...securitySection(""),
    "allowed-cn": [fileOnly.clientAllowedCommonNames, "[]string"],
    "allowed-hostname": ["client-cert-allowed-hostname", "[]string"],
    "skip-client-san-verification": [fileOnly.clientSkipSanVerification, "bool"],
  },
  "peer-transport-security": {
    ...securitySection("peer-"),
    "allowed-cn": ["peer-cert-allowed-cn", "[]string"],
    "allowed-hostname": ["peer-cert-allowed-hostname", "[]string"],
    "skip-client-san-verification": ["peer-skip-client-san-verification", "bool"],
  },
  "socket-options": {
    "reuse-port": ["socket-reuse-port", "bool"],
    "reuse-address": ["socket-reuse-address", "bool"],
  },
  "discovery-config": { token: ["discovery-token", "string"] },
  "discovery-config.client": {
    endpoints: ["discovery-endpoints", "[]string"],
    "dial-timeout": ["discovery-dial-timeout", "duration"],
    "request-timeout": ["discovery-request-timeout", "duration"],
    "keepalive-time": ["discovery-keepalive-time", "duration"],
    "keepalive-timeout": ["discovery-keepalive-timeout", "duration"],
  },
  "discovery-config.client.secure": {
    cert: ["discovery-cert", "string"],
    key: ["discovery-key", "string"],
    cacert: ["discovery-cacert", "string"],
    "insecure-transport": ["discovery-insecure-transport", "bool"],
    "insecure-skip-tls-verify": ["discovery-insecure-skip-tls-verify", "bool"],
  },
  "discovery-config.client.auth": {
    username: ["discovery-user", "string"],
    password: ["discovery-password", "string"],
  },
};

/** Flags that a file says in a section, or not at all. */
const unsaid = new Set([
  ...Object.values(sections).flatMap((section) => Object.values(section).map(([flag]) => flag)),
  "client-crl-file",
  "peer-crl-file",
  "raft-read-timeout",
  "raft-write-timeout",
  "discovery-fallback",
  "version",
  "config-file",
]);

const configJsonKeys = new Set([
  "listen-peer-urls",
  "listen-client-urls",
  "listen-client-http-urls",
  "initial-advertise-peer-urls",
  "advertise-client-urls",
  "cors",
  "host-whitelist",
  "client-transport-security",
  "peer-transport-security",
  "feature-gates",
]);

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : typeof value === "bigint"
        ? "number"
        : typeof value === "boolean"
          ? "bool"
          : typeof value;

/** Reads the file; throws UsageError with exit code 1 and Go's text. */
export const readConfigFile = async (path: string): Promise<FlagValues> =>
  readConfigText(read(path));

/** The same of the file's text. */
export async function readConfigText(text: string): Promise<FlagValues> {
  const root = await parsed(text);
  if (typeof root !== "object" || root === null || Array.isArray(root)) {
    if (root === null) return new FileValues().values;
    throw unmarshalError(`${kindOf(root)} into Go value of type embed.configYAML`);
  }
  const file = new FileValues();
  file.readTop(root as Readonly<Record<string, unknown>>);
  return file.values;
}

class FileValues {
  readonly #text = new Map<string, string>();
  readonly #given = new Set<string>();

  constructor() {
    for (const spec of flagTable.values()) this.#text.set(spec.name, spec.initial);
  }

  get values(): FlagValues {
    return {
      text: this.#text,
      given: this.#given,
      unknownVariables: [],
      usedVariables: [],
      help: false,
      isFile: true,
    };
  }

  /** Keys in JSON's order, so that of several errors the same one is told as by Go. */
  readTop(root: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of sorted(root)) {
      // A key without a value leaves what is the default: --initial-cluster made of the name, say.
      if (value !== null) this.#given.add(key);
      const name = key.toLowerCase();
      if (name in sections) {
        this.#readSection(name, value, name === "peer-transport-security" ? "peer-" : "");
        continue;
      }
      const spec = flagTable.get(name);
      if (spec === undefined || spec.ignored || unsaid.has(name)) continue;
      this.#set(name, value, goTypes[name] ?? spec.kind, fieldOf(name));
    }
    if (this.#text.get("self-signed-cert-validity") === "0") {
      this.#text.set("self-signed-cert-validity", "1");
    }
  }

  #readSection(path: string, value: unknown, prefix: string): void {
    if (value === null) return;
    if (typeof value !== "object" || Array.isArray(value)) {
      const type = sectionTypes[path] ?? "struct";
      const field = path.includes(".") ? innerFieldOf(path) : fieldOf(path);
      throw unmarshalError(`${kindOf(value)} into Go struct field ${field} of type ${type}`);
    }
    for (const [key, inner] of sorted(value as Readonly<Record<string, unknown>>)) {
      if (prefix !== "") this.#given.add(prefix + key);
      const name = key.toLowerCase();
      const deeper = `${path}.${name}`;
      const entry = sections[path]?.[name];
      if (deeper in sections) this.#readSection(deeper, inner, "");
      else if (entry !== undefined) this.#set(entry[0], inner, entry[1], innerFieldOf(deeper));
    }
  }

  #set(flag: string, value: unknown, type: GoType, field: string): void {
    if (value === null) return;
    const text = textOf(value, type);
    if (text === undefined) {
      if (type === "[]string" && Array.isArray(value)) {
        const item: unknown = value.find((one) => typeof one !== "string");
        throw unmarshalError(`${kindOf(item)} into Go struct field ${field} of type string`);
      }
      const what = isNumber(value) && isNumeric(type) ? `number ${value}` : kindOf(value);
      const goType = flag === "v2-deprecation" ? v2DeprecationType : (typeNames[type] ?? type);
      throw unmarshalError(`${what} into Go struct field ${field} of type ${goType}`);
    }
    this.#text.set(flag, text);
  }
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "bigint" || typeof value === "number";
const v2DeprecationType = "config.V2DeprecationEnum";
const typeNames: Readonly<Record<string, string>> = {
  duration: "time.Duration",
  urls: "string",
  strings: "string",
};
const isNumeric = (type: GoType): boolean =>
  type === "duration" || type.startsWith("uint") || type.startsWith("int");
const fieldOf = (path: string): string =>
  `configYAML.${configJsonKeys.has(path.replace(/\..*$/, "")) ? "configJSON" : "Config"}.${path}`;
const sectionTypes: Readonly<Record<string, string>> = {
  "client-transport-security": "embed.securityConfig",
  "peer-transport-security": "embed.securityConfig",
  "discovery-config.client": "clientv3.ConfigSpec",
};
const structs: Readonly<Record<string, string>> = {
  "client-transport-security": "securityConfig",
  "peer-transport-security": "securityConfig",
  "socket-options": "SocketOpts",
  "discovery-config": "DiscoveryConfig",
};
/** A field of a section: Go names the section's struct. */
const innerFieldOf = (path: string): string => {
  const [section = ""] = path.split(".");
  return fieldOf(path).replace("configYAML", structs[section] ?? "configYAML");
};
const sorted = (map: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
const unmarshalError = (what: string): UsageError =>
  new UsageError(`error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${what}`, 1);

const limits: Readonly<Record<string, readonly [bigint, bigint]>> = {
  uint: [0n, 2n ** 64n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int: [-(2n ** 63n), 2n ** 63n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  duration: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** As the flag would say it; undefined when the type does not fit. */
function textOf(value: unknown, type: GoType): string | undefined {
  const range = limits[type];
  if (range !== undefined) {
    // 1e2 is a number with an exponent, which JSON on Go's way says without it.
    const isWhole = typeof value === "number" && Number.isInteger(value) && Math.abs(value) < 1e21;
    const whole = isWhole ? BigInt(value) : value;
    if (typeof whole !== "bigint" || whole < range[0] || whole > range[1]) return undefined;
    return type === "duration" ? `${whole}ns` : String(whole);
  }
  if (type === "bool") return typeof value === "boolean" ? String(value) : undefined;
  if (type !== "[]string") return typeof value === "string" ? value : undefined;
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? value.join(",") : undefined;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = isGone ? "no such file or directory" : (error as NodeJS.ErrnoException).code;
    throw new UsageError(`open ${path}: ${why}`, 1);
  }
}

/** What go-yaml's reader takes for text. */
const notYaml = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const withExponent = /^[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)[eE][-+]?[0-9]+$/;

/** YAML 1.1, as etcd's parser takes it: `yes` is true, and the last of two equal keys counts. */
async function parsed(text: string): Promise<unknown> {
  if (notYaml.test(text)) {
    throw new UsageError(
      "error converting YAML to JSON: yaml: control characters are not allowed",
      1,
    );
  }
  const { parse } = await import("yaml");
  try {
    // A line ends as go-yaml ends it.
    const value: unknown = parse(text.replaceAll(/\r\n?/g, "\n"), {
      version: "1.1",
      uniqueKeys: false,
      intAsBigInt: true,
      logLevel: "error",
      // The parser's own takes a name like e1 for a number.
      customTags: (tags) =>
        tags.map((tag) =>
          typeof tag === "object" && "format" in tag && tag.format === "EXP"
            ? ({ ...tag, test: withExponent } as typeof tag)
            : tag,
        ),
    });
    // What contains itself is no JSON; this throws.
    JSON.stringify(value, (_name, inner: unknown) => (typeof inner === "bigint" ? 0 : inner));
    return value;
  } catch (error) {
    const { linePos, message } = error as { linePos?: { line: number }[]; message: string };
    const first = message.split("\n")[0];
    const line = linePos?.[0]?.line;
    throw new UsageError(`error converting YAML to JSON: yaml: line ${line}: ${first}`, 1);
  }
}
