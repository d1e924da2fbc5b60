// The frame of a record: eight bytes of length, a walpb.Record, zeros up to the next multiple of
// eight, so that no length word ever straddles a sector (server/storage/wal/encoder.go).

export const RecordType = { metadata: 1, entry: 2, hardState: 3, crc: 4, snapshot: 5 } as const;
export type RecordType = (typeof RecordType)[keyof typeof RecordType];

export const frameHeaderBytes = 8;
/** A sector is written whole or not at all. */
export const sectorBytes = 512;
/** A segment is cut when it has grown to this size (etcd's SegmentSizeBytes). */
export const segmentBytesDefault = 64_000_000;
/** No record of ours is longer; longer ones of others are read as far as the file goes. */
export const recordBytesMax = 0x7fff_fff0;

export const paddingOf = (recordBytes: number): number => -recordBytes & 7;
