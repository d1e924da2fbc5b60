// What a database should hold, as plain maps: bucket → key → value, in latin1 text.
import type { View } from "../../src/io/bbolt/index.ts";

export type Model = Map<string, Map<string, string>>;

export function modelOf(model: Model): Model {
  return new Map([...model].map(([name, bucket]) => [name, new Map(bucket)]));
}

/** Everything in a view, read by its cursor, checked against its scan. */
export function readModel(view: View): Model {
  const model: Model = new Map();
  for (const name of view.bucketNames()) {
    // A damaged file may hold a key twice, so the elements are compared, not what they amount to.
    const elements: [key: string, value: string][] = [];
    const cursor = view.cursor(view.bucket(name)!);
    for (let more = cursor.first(); more; more = cursor.next()) {
      elements.push([cursor.key.toString("latin1"), cursor.value.toString("latin1")]);
    }
    let scanned = 0;
    view.scan(view.bucket(name)!, {}, (bytes, keyStart, valueStart, valueEnd) => {
      const [key, value] = elements[scanned++] ?? [];
      if (
        key !== bytes.toString("latin1", keyStart, valueStart) ||
        value !== bytes.toString("latin1", valueStart, valueEnd)
      ) {
        throw new Error(`scan and cursor differ at element ${scanned}`);
      }
    });
    if (scanned !== elements.length) throw new Error("scan and cursor differ in length");
    model.set(name, new Map(elements));
  }
  return model;
}
