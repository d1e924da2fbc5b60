// The text of src/core/proto/messages.ts, from the .proto files alone.
import { emitDescriptors } from "./emit-descriptors.ts";
import { emitDecode } from "./emit-decode.ts";
import { emitEncode } from "./emit-encode.ts";
import { emitEnum, emitTypes } from "./emit-types.ts";
import { readSchema } from "./schema.ts";

const readers = [
  "cursor",
  "deeper",
  "longTag",
  "readBool",
  "readBytes",
  "readId64",
  "readInt32",
  "readInt64",
  "readLength",
  "readText",
  "readUint32",
  "readUint64",
  "skipField",
];
const writers = [
  "sizeDelimited",
  "sizeId64",
  "sizeInt32",
  "sizeInt64",
  "sizeText",
  "sizeUint32",
  "sizeUint64",
  "writeBytes",
  "writeId64",
  "writeInt32",
  "writeInt64",
  "writeText",
  "writeUint32",
  "writeUint64",
];

const descriptors = [
  "type EnumDescriptor",
  "field",
  "type MessageDescriptor",
  "type MethodDescriptor",
];

const importOf = (names: readonly string[], from: string, text: string): string => {
  const used = names.filter((name) => new RegExp(`\\b${name.replace("type ", "")}\\b`).test(text));
  return used.length === 0
    ? ""
    : `import {\n${used.map((name) => `  ${name},\n`).join("")}} from "${from}";\n`;
};

/** The module's whole text; the same .proto files give the same text. */
export function generate(protoFolder: string): string {
  const schema = readSchema(protoFolder);
  const { messages, enums } = schema;
  const parts = new Map(messages.map((message) => [message.name, message]));
  const body = [
    ...enums.map(emitEnum),
    ...messages.flatMap((message) => [
      emitTypes(message),
      emitDecode(message, parts),
      emitEncode(message, parts),
    ]),
    emitDescriptors(schema),
  ].join("\n");
  const head = [
    "// Made by tools/protogen from proto/. Do not edit; run `npm run protogen`.",
    "/* oxlint-disable */",
    importOf(["concatBytes", "emptyBytes"], "../../base/index.ts", body).trimEnd(),
    importOf(["allocate"], "./allocate.ts", body).trimEnd(),
    importOf(descriptors, "./descriptor.ts", body).trimEnd(),
    importOf(["joinInternalRaftRequestRequest"], "./dispatch-order.ts", body).trimEnd(),
    importOf(["forcedFields"], "./presence.ts", body).trimEnd(),
    importOf(readers, "./wire-read.ts", body).trimEnd(),
    importOf(writers, "./wire-write.ts", body).trimEnd(),
    "",
    "",
  ].join("\n");
  return `${head}${body.trimEnd()}\n`;
}
