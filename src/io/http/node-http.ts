// What is used of node:http. An import of it reads every name it exports, WebSocket among them, and that
// loads a whole client of 15 MB. This way nothing is read but what is asked for.
export const { Agent, createServer, request } = process.getBuiltinModule("node:http");
