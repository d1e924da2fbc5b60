// Decoders: one loop over the fields, locals for their values, one literal at the end.
import { propertyType, valueType, zeroOf } from "./emit-types.ts";
import { type FieldModel, isOneof, type MessageModel, type OneofModel } from "./schema.ts";

const readers: Readonly<Record<string, string>> = {
  bytes: "readBytes",
  string: "readText",
  raw: "readBytes",
  bool: "readBool",
  enum: "readInt32",
  int32: "readInt32",
  uint32: "readUint32",
  int64: "readInt64",
  uint64: "readUint64",
  id64: "readId64",
};
const scalarKinds = new Set(["bool", "enum", "int32", "uint32", "int64", "uint64", "id64"]);

/** Locals get a tail, so that no field name meets a name of ours or a word of the language. */
const local = (property: string): string => `${property}_`;

/** The expression that reads one value at `at`; afterwards `cursor` stands behind it. */
const readExpression = (field: FieldModel): string => `${readers[field.kind]}(bytes, at, end)`;

/** The call that decodes the sub-message in [cursor, to). */
function subCall(part: MessageModel, into: string): string {
  const depth = part.recursive ? ", deeper(depth)" : "";
  if (part.merged) return `read${part.name}(bytes, cursor, to, ${into}${depth})`;
  return part.recursive
    ? `read${part.name}(bytes, cursor, to, undefined${depth})`
    : `decode${part.name}(bytes, cursor, to)`;
}

function singularCase(field: FieldModel, parts: ReadonlyMap<string, MessageModel>): string[] {
  const name = local(field.property);
  if (field.kind === "message") {
    const part = parts.get(field.message)!;
    return [
      "const to = readLength(bytes, at, end);",
      `${name} = ${subCall(part, name)};`,
      "at = to;",
    ];
  }
  if (field.kind === "raw") {
    return [
      "const view = readBytes(bytes, at, end);",
      "at = cursor;",
      `if (${name} === undefined) ${name} = view;`,
      `else (${name}More ??= [${name}]).push(view);`,
    ];
  }
  return [`${name} = ${readExpression(field)};`, "at = cursor;"];
}

function repeatedCase(field: FieldModel, parts: ReadonlyMap<string, MessageModel>): string[] {
  const name = local(field.property);
  if (field.kind === "message") {
    const part = parts.get(field.message)!;
    return [
      "const to = readLength(bytes, at, end);",
      `${name}.push(${subCall(part, "undefined")});`,
      "at = to;",
    ];
  }
  return [`${name}.push(${readExpression(field)});`, "at = cursor;"];
}

function oneofCase(
  field: FieldModel,
  oneof: OneofModel,
  message: MessageModel,
  parts: ReadonlyMap<string, MessageModel>,
): string[] {
  const name = local(oneof.property);
  if (oneof === message.rawUnion) {
    return [
      `${name} = join${oneof.typeName}(${name}, "${field.property}", readBytes(bytes, at, end));`,
      "at = cursor;",
    ];
  }
  if (field.kind === "message") {
    const part = parts.get(field.message)!;
    const call = subCall(part, "into");
    return [
      "const to = readLength(bytes, at, end);",
      `const into: ${field.message} | undefined =`,
      `  ${name}?.case === "${field.property}" ? ${name}.value : undefined;`,
      `${name} = { case: "${field.property}", value: ${call} };`,
      "at = to;",
    ];
  }
  return [
    `${name} = { case: "${field.property}", value: ${readExpression(field)} };`,
    "at = cursor;",
  ];
}

function caseLines(tag: number, remark: string, body: string[]): string[] {
  const block = body.some((line) => line.startsWith("const "));
  return [
    `      case ${tag}:${block ? " {" : ""} // ${remark}`,
    ...body.map((line) => `        ${line}`),
    "        break;",
    ...(block ? ["      }"] : []),
  ];
}

function packedCase(field: FieldModel): string[] {
  const name = local(field.property);
  return caseLines((field.number << 3) | 2, `${field.name}, packed`, [
    "const to = readLength(bytes, at, end);",
    "at = cursor;",
    "while (at < to) {",
    `  ${name}.push(${readExpression(field).replace("end)", "to)")});`,
    "  at = cursor;",
    "}",
  ]);
}

function emitCases(message: MessageModel, parts: ReadonlyMap<string, MessageModel>): string[] {
  const lines: string[] = [];
  for (const { field, oneof } of message.wireOrder) {
    const scalar = scalarKinds.has(field.kind);
    const body =
      oneof !== undefined
        ? oneofCase(field, oneof, message, parts)
        : field.repeated
          ? repeatedCase(field, parts)
          : singularCase(field, parts);
    lines.push(...caseLines(((field.number << 3) | (scalar ? 0 : 2)) >>> 0, field.name, body));
    if (scalar && field.repeated) lines.push(...packedCase(field));
  }
  return lines;
}

function emitLocals(message: MessageModel): string[] {
  const lines: string[] = [];
  for (const member of message.members) {
    const name = local(member.property);
    if (isOneof(member)) {
      lines.push(`  let ${name}: ${member.typeName} | undefined;`);
    } else if (member.repeated) {
      lines.push(`  ${message.merged ? "let" : "const"} ${name}: ${propertyType(member)} = [];`);
    } else {
      const zero = zeroOf(member);
      lines.push(
        zero === "undefined"
          ? `  let ${name}: ${propertyType(member)};`
          : `  let ${name}${zero === "emptyBytes" ? "" : `: ${valueType(member)}`} = ${zero};`,
      );
      if (member.kind === "raw") lines.push(`  let ${name}More: Uint8Array[] | undefined;`);
    }
  }
  if (message.merged && message.members.length > 0) {
    lines.push("  if (first !== undefined) {");
    for (const member of message.members) {
      lines.push(`    ${local(member.property)} = first.${member.property};`);
    }
    lines.push("  }");
  }
  return lines;
}

function emitLiteral(message: MessageModel): string[] {
  const lines: string[] = [];
  for (const member of message.members) {
    if (isOneof(member) || member.kind !== "raw" || member.repeated) continue;
    const name = local(member.property);
    lines.push(`  if (${name}More !== undefined) ${name} = concatBytes(${name}More);`);
  }
  if (message.members.length === 0) return ["  return {};"];
  lines.push("  return {");
  for (const { property } of message.members) lines.push(`    ${property}: ${local(property)},`);
  lines.push("  };");
  return lines;
}

export function emitDecode(
  message: MessageModel,
  parts: ReadonlyMap<string, MessageModel>,
): string {
  const { name } = message;
  const inner = message.merged || message.recursive;
  const lines: string[] = [
    `export function decode${name}(bytes: Uint8Array, start = 0, end = bytes.length): ${name} {`,
  ];
  if (inner) {
    const depth = message.recursive ? ", 0" : "";
    lines.push(`  return read${name}(bytes, start, end, undefined${depth});`, "}", "");
    const empty = message.members.length === 0 || !message.merged;
    lines.push(
      `function read${name}(`,
      "  bytes: Uint8Array,",
      "  start: number,",
      "  end: number,",
      `  ${empty ? "_first" : "first"}: ${name} | undefined,`,
      ...(message.recursive ? ["  depth: number,"] : []),
      `): ${name} {`,
    );
  }
  lines.push(
    "  let at = start;",
    ...emitLocals(message),
    "  while (at < end) {",
    "    let tag = bytes[at++]!;",
    "    if (tag > 127) {",
    "      tag = longTag(bytes, at - 1, end);",
    "      at = cursor;",
    "    }",
  );
  if (message.members.length === 0) lines.push("    at = skipField(bytes, at, end, tag);");
  else {
    lines.push(
      "    switch (tag) {",
      ...emitCases(message, parts),
      "      default:",
      "        at = skipField(bytes, at, end, tag);",
      "    }",
    );
  }
  lines.push("  }", ...emitLiteral(message), "}", "");
  return lines.join("\n");
}
