// Encoders: the exact size, the bytes at a place, and both together.
import { type FieldModel, type MessageModel, type OneofModel } from "./schema.ts";

const wireTypes: Readonly<Record<string, number>> = { bytes: 2, string: 2, message: 2, raw: 2 };

const isPacked = (field: FieldModel): boolean =>
  field.repeated && field.packed && wireTypes[field.kind] === undefined;

const tagOf = (field: FieldModel): number =>
  ((field.number << 3) | (isPacked(field) ? 2 : (wireTypes[field.kind] ?? 0))) >>> 0;

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

const tagLines = (field: FieldModel): string[] =>
  varintBytes(tagOf(field)).map((byte) => `target[at++] = ${byte};`);

const suffix: Readonly<Record<string, string>> = {
  enum: "Int32",
  int32: "Int32",
  uint32: "Uint32",
  int64: "Int64",
  uint64: "Uint64",
  id64: "Id64",
};

/** The size of one value, its length prefix included, its tag not. */
function sizeExpression(field: FieldModel, value: string, parts: Parts): string {
  switch (field.kind) {
    case "bytes":
    case "raw":
      return `sizeDelimited(${value}.length)`;
    case "string":
      return `sizeText(${value})`;
    case "bool":
      return "1";
    case "message":
      return parts.get(field.message)!.small
        ? `1 + size${field.message}(${value})`
        : `sizeDelimited(size${field.message}(${value}))`;
    case "enum":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "id64":
      return `size${suffix[field.kind]}(${value})`;
  }
}

type Parts = ReadonlyMap<string, MessageModel>;

/** Statements that write one value, tag not included. */
function writeLines(field: FieldModel, value: string, parts: Parts): string[] {
  switch (field.kind) {
    case "bytes":
    case "raw":
      return [`at = writeBytes(${value}, target, at);`];
    case "string":
      return [`at = writeText(${value}, target, at);`];
    case "bool":
      return [`target[at++] = ${value} ? 1 : 0;`];
    case "message":
      if (parts.get(field.message)!.small) {
        return [
          "const lengthAt = at++;",
          `at = write${field.message}(${value}, target, at);`,
          "target[lengthAt] = at - lengthAt - 1;",
        ];
      }
      return [
        `at = writeUint32(size${field.message}(${value}), target, at);`,
        `at = write${field.message}(${value}, target, at);`,
      ];
    case "enum":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
    case "id64":
      return [`at = write${suffix[field.kind]}(${value}, target, at);`];
  }
}

/** The condition under which a singular field is written; undefined: always. */
function condition(field: FieldModel): string | undefined {
  const value = `m.${field.property}`;
  if (field.presence === "always") return undefined;
  switch (field.kind) {
    case "bytes":
      return `${value}.length !== 0`;
    case "string":
      return `${value} !== ""`;
    case "bool":
      return value;
    case "message":
    case "raw":
      return `${value} !== undefined`;
    case "id64":
      return `${value} !== 0n`;
    case "enum":
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return field.presence === "byMessageType"
        ? `${value} !== 0 || (forced & ${2 ** field.number}) !== 0`
        : `${value} !== 0`;
  }
}

const indent = (lines: string[], by: number): string[] =>
  lines.map((line) => " ".repeat(by) + line);

function guarded(test: string | undefined, body: string[]): string[] {
  if (test === undefined) return indent(body, 2);
  if (body.length === 1) return [`  if (${test}) ${body[0]}`];
  return [`  if (${test}) {`, ...indent(body, 4), "  }"];
}

function sizeField(field: FieldModel, parts: Parts): string[] {
  const value = `m.${field.property}`;
  const tag = varintBytes(tagOf(field)).length;
  if (!field.repeated) {
    const size = sizeExpression(field, value, parts);
    const sum = /^\d+$/.test(size) ? `${tag + Number(size)}` : `${tag} + ${size}`;
    return guarded(condition(field), [`size += ${sum};`]);
  }
  const each = sizeExpression(field, "value", parts);
  if (isPacked(field)) {
    return [
      `  if (${value}.length !== 0) {`,
      "    let packed = 0;",
      `    for (const value of ${value}) packed += ${each};`,
      `    size += ${tag} + sizeDelimited(packed);`,
      "  }",
    ];
  }
  return [`  for (const value of ${value}) size += ${tag} + ${each};`];
}

function writeField(field: FieldModel, parts: Parts): string[] {
  const value = `m.${field.property}`;
  if (!field.repeated) {
    return guarded(condition(field), [...tagLines(field), ...writeLines(field, value, parts)]);
  }
  const each = writeLines(field, "value", parts);
  if (isPacked(field)) {
    return [
      `  if (${value}.length !== 0) {`,
      ...indent(tagLines(field), 4),
      "    let packed = 0;",
      `    for (const value of ${value}) packed += ${sizeExpression(field, "value", parts)};`,
      "    at = writeUint32(packed, target, at);",
      `    for (const value of ${value}) ${each[0]}`,
      "  }",
    ];
  }
  return [`  for (const value of ${value}) {`, ...indent([...tagLines(field), ...each], 4), "  }"];
}

/** A oneof's members one after the other; only one case matches. */
function oneofLines(
  message: MessageModel,
  body: (field: FieldModel, value: string) => string[],
): string[] {
  const lines: string[] = [];
  const done = new Set<OneofModel>();
  for (const { oneof } of message.wireOrder) {
    if (oneof === undefined || done.has(oneof)) continue;
    done.add(oneof);
    const name = oneof.property;
    lines.push(`  const ${name} = m.${name};`, `  if (${name} !== undefined) {`);
    lines.push(`    switch (${name}.case) {`);
    for (const field of oneof.fields) {
      const inner = body(field, `${name}.value`);
      const block = inner.some((line) => line.startsWith("const "));
      lines.push(
        `      case "${field.property}":${block ? " {" : ""}`,
        ...indent(inner, 8),
        "        break;",
        ...(block ? ["      }"] : []),
      );
    }
    lines.push("    }", "  }");
  }
  return lines;
}

function emitRawUnion(message: MessageModel, parts: Parts): string[] {
  const union = message.rawUnion!;
  const { name } = message;
  const ordinary = message.wireOrder.filter(({ oneof }) => oneof === undefined);
  const value = `m.${union.property}`;
  const writes: string[] = [];
  let from = 0;
  const spliceBefore = (to: number): string[] => {
    const within = union.fields.some(({ number }) => number > from && number < to);
    if (!within) return [];
    const least = from === 0 ? "number > 0" : `number > ${from}`;
    const test = to === Infinity ? least : `${least} && number < ${to}`;
    from = to;
    return [
      `  if (${test}) {`,
      "    at = writeUint32(((number << 3) | 2) >>> 0, target, at);",
      `    at = writeBytes(${value}!.value, target, at);`,
      "  }",
    ];
  };
  for (const { field } of ordinary) {
    writes.push(...spliceBefore(field.number), ...writeField(field, parts));
  }
  writes.push(...spliceBefore(Infinity));
  return [
    `/** The field number under which the request travels. */`,
    `export function ${numberFunction(message)}(of: ${union.typeName}Case): number {`,
    "  switch (of) {",
    ...union.fields.flatMap((field) => [
      `    case "${field.property}":`,
      `      return ${field.number};`,
    ]),
    "  }",
    "}",
    `export function size${name}(m: ${name}): number {`,
    "  let size = 0;",
    ...ordinary.flatMap(({ field }) => sizeField(field, parts)),
    `  if (${value} !== undefined) {`,
    `    const number = ${numberFunction(message)}(${value}.case);`,
    "    size += sizeUint32(((number << 3) | 2) >>> 0);",
    `    size += sizeDelimited(${value}.value.length);`,
    "  }",
    "  return size;",
    "}",
    `export function write${name}(m: ${name}, target: Uint8Array, start: number): number {`,
    "  let at = start;",
    `  const number = ${value} === undefined ? 0 : ${numberFunction(message)}(${value}.case);`,
    ...writes,
    "  return at;",
    "}",
  ];
}

const numberFunction = (message: MessageModel): string =>
  `${message.name.charAt(0).toLowerCase()}${message.name.slice(1)}Number`;

function emitPlain(message: MessageModel, parts: Parts): string[] {
  const { name } = message;
  if (message.members.length === 0) {
    return [
      `export function size${name}(_m: ${name}): number {`,
      "  return 0;",
      "}",
      `export function write${name}(_m: ${name}, _target: Uint8Array, at: number): number {`,
      "  return at;",
      "}",
    ];
  }
  const forced = message.wireOrder.some(({ field }) => field.presence === "byMessageType")
    ? ["  const forced = forcedFields(m);"]
    : [];
  const ordinary = message.wireOrder.filter(({ oneof }) => oneof === undefined);
  return [
    `export function size${name}(m: ${name}): number {`,
    ...forced,
    "  let size = 0;",
    ...ordinary.flatMap(({ field }) => sizeField(field, parts)),
    ...oneofLines(message, (field, value) => [
      `size += ${varintBytes(tagOf(field)).length} + ${sizeExpression(field, value, parts)};`,
    ]),
    "  return size;",
    "}",
    `export function write${name}(m: ${name}, target: Uint8Array, start: number): number {`,
    ...forced,
    "  let at = start;",
    ...ordinary.flatMap(({ field }) => writeField(field, parts)),
    ...oneofLines(message, (field, value) => [
      ...tagLines(field),
      ...writeLines(field, value, parts),
    ]),
    "  return at;",
    "}",
  ];
}

export function emitEncode(message: MessageModel, parts: Parts): string {
  const { name } = message;
  return [
    ...(message.rawUnion ? emitRawUnion(message, parts) : emitPlain(message, parts)),
    `export function encode${name}(m: ${name}): Uint8Array {`,
    `  const bytes = allocate(size${name}(m));`,
    `  write${name}(m, bytes, 0);`,
    "  return bytes;",
    "}",
    "",
  ].join("\n");
}
