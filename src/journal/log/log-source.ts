/** What the published log is made from: the journal's leaves, in their order. */

export interface LogHead {
  readonly size: number;
  /** The root over all of them, as the writer keeps it beside the records. */
  readonly root: Uint8Array;
}

/** Leaf indexes: the record at position p is leaf p - 1. Ranges are `[from, to)`, at most a few hundred wide. */
export interface LogSource {
  head(): Promise<LogHead>;
  /** Leaf hashes as they are stored. */
  leaves(from: number, to: number): Promise<readonly Uint8Array[]>;
  /** JCS(header) of each record: its leaf hash is the leaf. */
  headers(from: number, to: number): Promise<readonly Uint8Array[]>;
}
