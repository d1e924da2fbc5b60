// The part of the configuration that is about the log (embed/config_logging.go).

export interface LogRotation {
  /** A file is turned over before it grows beyond this. */
  readonly fileBytesMax: number;
  /** Turned-over files older than this are removed; 0 keeps them. */
  readonly ageDaysMax: number;
  /** Turned-over files to keep; 0 keeps all. */
  readonly backupsMax: number;
  /** Name them by local time instead of UTC. */
  readonly localTime: boolean;
  readonly compress: boolean;
}

export interface LogConfig {
  readonly logLevel: string;
  readonly logFormat: "json" | "console";
  /** default, stderr, stdout, systemd/journal or file paths. */
  readonly logOutputs: readonly string[];
  readonly logRotation: LogRotation | undefined;
}

const levels = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"];
const journal = "systemd/journal";
const megabyte = 1024 * 1024;
const fileMegabytesDefault = 100;

/** Reads and checks; throws with etcd's texts. `text` gives a flag's value. */
export function readLog(text: (name: string) => string): LogConfig {
  const logLevel = text("log-level") || "info";
  const logFormat = text("log-format") || "json";
  if (!levels.includes(logLevel)) {
    throw new Error(`unrecognized level: ${JSON.stringify(logLevel)}`);
  }
  if (logFormat !== "json" && logFormat !== "console") {
    throw new Error(`unknown log format: ${logFormat}, supported values json, console`);
  }
  const logger = text("logger");
  if (logger === "capnslog") throw new Error("--logger=capnslog is removed in v3.5");
  if (logger !== "zap") throw new Error(`unknown logger option ${JSON.stringify(logger)}`);
  const given = text("log-outputs") || "default";
  const logOutputs = [...new Set(given.split(","))].toSorted();
  checkOutputs(logOutputs);
  const rotates = text("enable-log-rotation") === "true";
  const logRotation = rotates
    ? readRotation(logOutputs, text("log-rotation-config-json"))
    : undefined;
  return { logLevel, logFormat, logOutputs, logRotation };
}

function checkOutputs(outputs: readonly string[]): void {
  if (outputs.length === 1) return;
  if (outputs.includes("default")) {
    throw new Error('multi logoutput for "default" is not supported yet');
  }
  if (outputs.includes(journal)) {
    const list = outputs.map((output) => JSON.stringify(output)).join(" ");
    throw new Error(
      `running with systemd/journal but other '--log-outputs' values ([${list}]) are configured ` +
        "with 'default'; override 'default' value with something else",
    );
  }
}

function readRotation(outputs: readonly string[], json: string): LogRotation {
  const files = outputs.filter((output) => !["default", "stderr", "stdout"].includes(output));
  if (files.length > 1 || (outputs.length === 1 && files.length === 0)) {
    throw new Error(
      "--log-outputs requires a single file path when --log-rotate-config-json is defined",
    );
  }
  const fields = rotationFields(json);
  return {
    fileBytesMax: (numberOf(fields, "maxsize") || fileMegabytesDefault) * megabyte,
    ageDaysMax: numberOf(fields, "maxage"),
    backupsMax: numberOf(fields, "maxbackups"),
    localTime: boolOf(fields, "localtime"),
    compress: boolOf(fields, "compress"),
  };
}

type Fields = ReadonlyMap<string, unknown>;

function rotationFields(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`improperly formatted log rotation config: ${why}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`${typeof value} into Go value of type embed.logRotationConfig`);
  }
  // encoding/json finds fields without regard to case.
  return new Map(Object.entries(value).map(([key, field]) => [key.toLowerCase(), field]));
}

function numberOf(fields: Fields, name: string): number {
  const value = fields.get(name) ?? 0;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw invalid(`${typeof value} into Go struct field logRotationConfig.${name} of type int`);
}

function boolOf(fields: Fields, name: string): boolean {
  const value = fields.get(name) ?? false;
  if (typeof value === "boolean") return value;
  throw invalid(`${typeof value} into Go struct field logRotationConfig.${name} of type bool`);
}

const invalid = (what: string): Error =>
  new Error(`invalid log rotation config: json: cannot unmarshal ${what}`);
