// The tables beside the codecs: fields, enums and methods by their protobuf names.
import { type FieldModel, isOneof, type MessageModel, type Schema } from "./schema.ts";

const quote = (text: string): string => JSON.stringify(text);

const sinceRow = (since: string): string => (since === "3.0" ? "" : `since: ${quote(since)}`);

function fieldLine(field: FieldModel, oneof: string): string {
  const rest = [
    field.repeated ? "repeated: true" : "",
    oneof === "" ? "" : `oneof: ${quote(oneof)}`,
    sinceRow(field.since),
  ].filter((part) => part !== "");
  const words = [
    quote(field.name),
    quote(field.property),
    String(field.number),
    quote(field.kind),
    quote(field.protoType),
    ...(rest.length === 0 ? [] : [`{ ${rest.join(", ")} }`]),
  ];
  return `      field(${words.join(", ")}),`;
}

function messageLines(message: MessageModel): string[] {
  const rows = message.members.flatMap((member) =>
    isOneof(member)
      ? member.fields.map((field) => fieldLine(field, member.property))
      : [fieldLine(member, "")],
  );
  return [
    `  ${quote(message.fullName)}: {`,
    `    fullName: ${quote(message.fullName)},`,
    ...(rows.length === 0 ? ["    fields: [],"] : ["    fields: [", ...rows, "    ],"]),
    `    since: ${quote(message.since)},`,
    `    make: make${message.name},`,
    `    decode: decode${message.name},`,
    `    encode: encode${message.name},`,
    "  },",
  ];
}

export function emitDescriptors({ messages, enums, services }: Schema): string {
  return [
    "/** Every message by its full protobuf name. */",
    "export const messageDescriptors: Readonly<Record<string, MessageDescriptor>> = {",
    ...messages.flatMap(messageLines),
    "};",
    "",
    "/** Every enum by its full protobuf name. */",
    "export const enumDescriptors: Readonly<Record<string, EnumDescriptor>> = {",
    ...enums.flatMap((model) => [
      `  ${quote(model.fullName)}: {`,
      `    fullName: ${quote(model.fullName)},`,
      `    values: ${model.name},`,
      `    since: ${quote(model.since)},`,
      `    valuesSince: {${model.valuesSince
        .map(([name, since]) => ` ${name}: ${quote(since)} `)
        .join(",")}},`,
      "  },",
    ]),
    "};",
    "",
    "/** Every service by its full name: its methods in the order of the .proto file. */",
    "export const serviceDescriptors: Readonly<Record<string, readonly MethodDescriptor[]>> = {",
    ...services.flatMap((service) => [
      `  ${quote(service.fullName)}: [`,
      ...service.methods.flatMap((method) => [
        "    {",
        `      name: ${quote(method.name)},`,
        `      path: ${quote(`/${service.fullName}/${method.name}`)},`,
        `      request: ${quote(method.request)},`,
        `      response: ${quote(method.response)},`,
        `      requestStream: ${String(method.requestStream)},`,
        `      responseStream: ${String(method.responseStream)},`,
        "    },",
      ]),
      "  ],",
    ]),
    "};",
    "",
  ].join("\n");
}
