import type { FieldToSend } from "./hpack/encoder.ts";

let slotsGiven = 0;

/**
 * Header fields that are sent again and again. Each connection keeps the block it made of them, so
 * sending is a copy of a few bytes. Make these once, at module level.
 */
export class FieldList {
  readonly fields: readonly FieldToSend[];
  /** Where a connection keeps its block for this list. */
  readonly slot = slotsGiven++;

  constructor(fields: readonly (readonly [name: string, value: string])[]) {
    this.fields = fields.map(([name, value]) => ({ name, value, repeats: true }));
  }
}
