"use strict";
/* oxlint-disable eslint/no-unused-vars -- what follows in the bundle uses them */
// The head of the bundle. `$places` and the modules follow.
const $root = require("node:url").pathToFileURL(`${__dirname}../../`).href;
const $url = (path) => $root + path;
const $later = async (load) => load();
const $package = (name) => process.getBuiltinModule(name) ?? require(name);
const $once = (run) => {
  let made;
  return () => (made ??= run());
};
// A stack names the sources and their lines: its readers, a log's `caller` among them, look for those.
const $frame = new RegExp(`${RegExp.escape(__filename)}:(\\d+)`, "g");
const $place = (_frame, text) => {
  const line = Number(text);
  const [begins, path] = $places.findLast(([from]) => from <= line) ?? [1, ".cache/start"];
  return `${$root}${path}:${line - begins + 1}`;
};
Error.prepareStackTrace = (error, frames) => {
  let text = "Error";
  try {
    text = String(error);
  } catch {}
  for (const frame of frames) text += `\n    at ${String(frame).replace($frame, $place)}`;
  return text;
};
