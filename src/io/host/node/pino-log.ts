// The Log port on pino, printing zap's keys in zap's order: level, ts, logger, caller, msg, fields.
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { type DestinationStream, pino } from "pino";
import type { Log, LogFields, LogLevel } from "../log.ts";
import { RotatingFile, type RotationOptions } from "./rotating-file.ts";

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: "json" | "console";
  /** default, stderr, stdout, systemd/journal, or file paths. */
  readonly outputs: readonly string[];
  /** Files are turned over by these rules. */
  readonly rotation?: RotationOptions | undefined;
}

// zap's production sampling, as etcd sets it: the first 100 of a message each second, then every
// 100th (client/pkg/logutil/zap.go).
const sampleFirst = 100;
const sampleEvery = 100;

const zapLevels = { debug: 20, info: 30, warn: 40, error: 50, dpanic: 54, panic: 56, fatal: 60 };

export function pinoLog(options: LogOptions): Log {
  const stream = destination(options);
  const logger = pino(
    {
      base: null,
      level: options.level,
      customLevels: { dpanic: zapLevels.dpanic, panic: zapLevels.panic },
      timestamp: () => `,"ts":"${microsecondTime()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  const sampler = new Sampler();
  const write = (level: LogLevel, name: string, message: string, fields: LogFields): void => {
    if (!logger.isLevelEnabled(level) || !sampler.take(level, message)) return;
    const line: Record<string, unknown> = {};
    if (name !== "") line["logger"] = name;
    line["caller"] = sampler.callerOf(level, message);
    line["msg"] = message;
    for (const [key, value] of Object.entries(fields)) line[key] = printable(value);
    logger[level](line);
  };
  return named("", write, options.level === "debug");
}

type Write = (level: LogLevel, name: string, message: string, fields: LogFields) => void;

function named(name: string, write: Write, debugging: boolean): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      write(level, name, message, fields);
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    named: (logger) => named(logger, write, debugging),
    debugging,
  };
}

/** How often each message was seen in the current second, and whose it was. */
class Sampler {
  #second = 0;
  readonly #seen = new Map<string, number>();
  readonly #callers = new Map<string, string>();

  take(level: LogLevel, message: string): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#seen.clear();
      this.#callers.clear();
    }
    const key = level + message;
    const count = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, count);
    return count <= sampleFirst || (count - sampleFirst) % sampleEvery === 0;
  }

  /** A look at the stack costs more than the rest of a line: in a second each message is worth one. */
  callerOf(level: LogLevel, message: string): string {
    const key = level + message;
    let caller = this.#callers.get(key);
    if (caller === undefined) this.#callers.set(key, (caller = callerOf()));
    return caller;
  }
}

/** 2006-01-02T15:04:05.000000Z */
function microsecondTime(): string {
  const now = performance.timeOrigin + performance.now();
  const micros = String(Math.floor((now % 1) * 1000)).padStart(3, "0");
  return `${new Date(now).toISOString().slice(0, -1)}${micros}Z`;
}

/** folder/file.ts:line of whoever logged; logging is rare enough to look at the stack. */
function callerOf(): string {
  const lines = new Error("caller").stack?.split("\n") ?? [];
  const line = lines.find((text, at) => at > 0 && !text.includes("pino-log.ts"));
  const [, file = "unknown", number = "0"] = /([^/]+\/[^/]+\.ts):(\d+)/.exec(line ?? "") ?? [];
  return `${file}:${number}`;
}

function printable(value: unknown): unknown {
  if (value instanceof Error) return value.message;
  // A uint64 is printed with all its digits; JSON.rawJSON keeps it a bare number.
  if (typeof value === "bigint") return String(value);
  return value;
}

/** Writes one line; may throw. */
type Sink = (line: string, json: string) => void;

/** Synchronous writes: a line that was logged is not lost by the exit that follows it. */
function destination(options: LogOptions): DestinationStream {
  const sinks = new Set(options.outputs.map((output) => sinkOf(output, options)));
  return {
    write: (text) => {
      const line = options.format === "console" ? consoleLine(text) : text;
      for (const sink of sinks) writeWhole(sink, line, text);
    },
  };
}

const toFile =
  (file: number): Sink =>
  (line) =>
    void writeSync(file, line);
const toStdout = toFile(1);
const toStderr = toFile(2);

function sinkOf(output: string, { rotation }: LogOptions): Sink {
  if (output === "stdout") return toStdout;
  if (output === "stderr" || output === "default") return toStderr;
  if (output === "systemd/journal") return journalSink();
  if (rotation === undefined) {
    const file = openSync(output, "a", 0o600);
    process.on("exit", () => closeSync(file));
    return toFile(file);
  }
  const file = new RotatingFile(output, rotation, () => Date.now());
  process.on("exit", () => file.close());
  return (line) => file.write(line);
}

const journalSocket = "/run/systemd/journal/socket";
const priorities: Readonly<Record<string, number>> = { debug: 7, info: 6, warn: 4, error: 3 };
const criticalPriority = 2;

/**
 * The journal reads what its services write to stderr, with the priority in front (sd-daemon(3)):
 * Node has no sockets of datagrams for its own.
 */
function journalSink(): Sink {
  if (statSync(journalSocket, { throwIfNoEntry: false }) === undefined) {
    throw new Error(
      `can't find journal (dial unixgram ${journalSocket}: connect: no such file or directory)`,
    );
  }
  return (line, json) => {
    const level = /^\{"level":"(\w+)"/.exec(json)?.[1] ?? "";
    toStderr(`<${priorities[level] ?? criticalPriority}>${line}`, json);
  };
}

/** A full pipe must not throw away the process (EAGAIN): the rest of the line is given up. */
function writeWhole(sink: Sink, line: string, json: string): void {
  try {
    sink(line, json);
  } catch {
    // Nobody reads the log any more: serving goes on without it, as zap does.
  }
}

/** time, level, caller, message and the rest as JSON, separated by tabs. */
function consoleLine(json: string): string {
  const { level, ts, logger, caller, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const head = [ts, level, logger, caller, msg].filter((part) => part !== undefined);
  const fields = Object.keys(rest).length > 0 ? [JSON.stringify(rest)] : [];
  return `${[...head, ...fields].map(String).join("\t")}\n`;
}
