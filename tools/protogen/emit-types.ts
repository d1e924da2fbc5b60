// Interfaces, enums and makers.
import { type EnumModel, type FieldModel, isOneof, type MessageModel } from "./schema.ts";

const singular: Readonly<Record<Exclude<FieldModel["kind"], "message">, [string, string]>> = {
  bytes: ["Uint8Array", "emptyBytes"],
  string: ["string", '""'],
  bool: ["boolean", "false"],
  enum: ["number", "0"],
  int32: ["number", "0"],
  uint32: ["number", "0"],
  int64: ["number", "0"],
  uint64: ["number", "0"],
  id64: ["bigint", "0n"],
  raw: ["Uint8Array", "undefined"],
};

/** The TypeScript type of one value of the field. */
export const valueType = (field: FieldModel): string =>
  field.kind === "message" ? field.message : singular[field.kind][0];

/** The type of the property. */
export function propertyType(field: FieldModel): string {
  if (field.repeated) return `${valueType(field)}[]`;
  const optional = field.kind === "message" || field.kind === "raw";
  return optional ? `${valueType(field)} | undefined` : valueType(field);
}

/** The value of an absent field. */
export function zeroOf(field: FieldModel): string {
  if (field.repeated) return "[]";
  return field.kind === "message" ? "undefined" : singular[field.kind][1];
}

function remark(field: FieldModel): string {
  if (field.kind === "raw") return ` // ${field.message}, encoded`;
  return field.kind === "enum" ? ` // ${field.enumName}` : "";
}

export function emitEnum(model: EnumModel): string {
  const rows = model.values.map(([name, value]) => `  ${name}: ${value},`);
  return [
    `/** enum ${model.fullName}; fields of this type are open: any int32 may arrive. */`,
    `export const ${model.name} = {`,
    ...rows,
    "} as const;",
    `export type ${model.name} = (typeof ${model.name})[keyof typeof ${model.name}];`,
    "",
  ].join("\n");
}

function emitOneofTypes(message: MessageModel): string[] {
  const lines: string[] = [];
  for (const oneof of message.members.filter(isOneof)) {
    if (oneof === message.rawUnion) {
      lines.push(
        `export type ${oneof.typeName}Case =`,
        ...oneof.fields.map((field) => `  | "${field.property}"`),
      );
      lines[lines.length - 1] += ";";
      lines.push(
        `/** One sub-message of ${message.name}, still encoded. */`,
        `export interface ${oneof.typeName} {`,
        `  case: ${oneof.typeName}Case;`,
        "  value: Uint8Array;",
        "}",
        "",
      );
      continue;
    }
    lines.push(
      `/** The oneof ${oneof.property} of ${message.fullName}. */`,
      `export type ${oneof.typeName} =`,
      ...oneof.fields.map(
        (field) => `  | { case: "${field.property}"; value: ${valueType(field)} }`,
      ),
    );
    lines[lines.length - 1] += ";";
    lines.push("");
  }
  return lines;
}

export function emitTypes(message: MessageModel): string {
  const { name, members } = message;
  const lines = emitOneofTypes(message);
  const doc = `/** message ${message.fullName} */`;
  if (members.length === 0) {
    lines.push(
      doc,
      `export type ${name} = Record<never, never>;`,
      `export function make${name}(_init: Partial<${name}> = {}): ${name} {`,
      "  return {};",
      "}",
      "",
    );
    return lines.join("\n");
  }
  lines.push(doc, `export interface ${name} {`);
  for (const member of members) {
    if (isOneof(member)) lines.push(`  ${member.property}: ${member.typeName} | undefined;`);
    else lines.push(`  ${member.property}: ${propertyType(member)};${remark(member)}`);
  }
  lines.push(
    "}",
    `export function make${name}(init: Partial<${name}> = {}): ${name} {`,
    "  return {",
  );
  for (const member of members) {
    const zero = isOneof(member) ? "undefined" : zeroOf(member);
    const or = zero === "undefined" ? "" : ` ?? ${zero}`;
    lines.push(`    ${member.property}: init.${member.property}${or},`);
  }
  lines.push("  };", "}", "");
  return lines.join("\n");
}
