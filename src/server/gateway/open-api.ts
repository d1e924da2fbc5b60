// The gateway as an OpenAPI 3.1 document, made of the same tables it runs by.
import { enumDescriptors, type FieldDescriptor } from "../../core/proto/index.ts";
import { descriptorOf } from "./from-json.ts";
import { type Route, routes } from "./routes.ts";

type Json = { readonly [name: string]: unknown };

const reference = (type: string): Json => ({ $ref: `#/components/schemas/${type}` });

/** The document; `version` is the etcd release whose API it is. */
export function openApi(version: string): Json {
  const types = new Set<string>(["google.rpc.Status"]);
  const paths: Record<string, Json> = {};
  for (const route of routes.values()) {
    collect(route.request, types);
    collect(route.response, types);
    paths[route.path] = { post: operation(route) };
  }
  const schemas = Object.fromEntries([...types].toSorted().map((type) => [type, schemaOf(type)]));
  return {
    openapi: "3.1.0",
    info: {
      title: "etcd v3 JSON gateway",
      version,
      description:
        "Every method of etcd's gRPC API as JSON. Keys and values are base64; 64-bit numbers are " +
        "strings in answers and may be numbers in requests; fields that are zero are left out.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "The token /v3/auth/authenticate gave, when authentication is enabled.",
        },
      },
    },
    security: [{}, { token: [] }],
  };
}

function operation({
  path,
  method,
  request,
  response,
  requestStream,
  responseStream,
}: Route): Json {
  const [service = "", name = ""] = method.slice(1).split("/");
  const isAlias = [...routes.values()].find((route) => route.method === method)?.path !== path;
  const streams = requestStream || responseStream;
  const chunk: Json = {
    type: "object",
    properties: { result: reference(response), error: reference("google.rpc.Status") },
  };
  return {
    operationId: `${service}.${name}${isAlias ? ".alias" : ""}`,
    tags: [service.split(".").at(-1)],
    ...(requestStream && { description: "The body is a sequence of JSON objects." }),
    requestBody: { content: { "application/json": { schema: reference(request) } } },
    responses: {
      "200": {
        description: streams ? "One JSON object a line, as they come." : "The response.",
        content: { "application/json": { schema: streams ? chunk : reference(response) } },
      },
      default: {
        description: "The gRPC status; the HTTP status follows from its code.",
        content: {
          "application/json": {
            schema: streams ? chunk : reference("google.rpc.Status"),
          },
        },
      },
    },
  };
}

/** The type and every type within. */
function collect(type: string, types: Set<string>): void {
  if (types.has(type)) return;
  types.add(type);
  if (type in enumDescriptors) return;
  for (const field of descriptorOf(type).fields) {
    if (["message", "raw", "enum"].includes(field.kind)) collect(field.type, types);
  }
}

function schemaOf(type: string): Json {
  if (type === "google.rpc.Status") {
    return {
      type: "object",
      properties: { code: { type: "integer", format: "int32" }, message: { type: "string" } },
    };
  }
  const values = enumDescriptors[type]?.values;
  if (values !== undefined) return { type: "string", enum: Object.keys(values) };
  const { fields } = descriptorOf(type);
  const properties = fields.map((field) => [field.name, fieldSchema(field)] as const);
  return { type: "object", properties: Object.fromEntries(properties) };
}

function fieldSchema(field: FieldDescriptor): Json {
  const schema = itemSchema(field);
  return field.repeated ? { type: "array", items: schema } : schema;
}

function itemSchema({ kind, type }: FieldDescriptor): Json {
  switch (kind) {
    case "bytes":
      return { type: "string", contentEncoding: "base64" };
    case "string":
      return { type: "string" };
    case "bool":
      return { type: "boolean" };
    case "int32":
    case "uint32":
      return { type: "integer", format: type };
    case "message":
    case "raw":
    case "enum":
      return reference(type);
    case "int64":
    case "uint64":
    case "id64":
      return { type: "string", format: type, pattern: "^-?[0-9]+$" };
  }
}
