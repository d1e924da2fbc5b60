// How a message's type reads in the log.
import { MessageType } from "../../core/raft/index.ts";

const names = new Map<number, string>(
  Object.entries(MessageType).map(([name, type]) => [type, name]),
);

export const typeName = (type: number): string => names.get(type) ?? String(type);
