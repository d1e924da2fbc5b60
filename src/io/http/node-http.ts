// What is used of node:http. An import of it reads every name it exports, WebSocket among them, and that
// loads a whole client: 15 MB and a tenth of a start. This way nothing is read but what is asked for.
export const { Agent, createServer, request } = process.getBuiltinModule("node:http");
