/**
 * Personal values in projections (names, addresses, ghosts' user ids) are sealed, with a keyed hash to look them up by.
 * `context` is `table.column`: the same value in two columns seals and hashes differently.
 */
export interface Sealer {
  /**
   * Deterministic (the nonce is derived from key, context and value), so that a rebuilt projection equals the running
   * one; what equality it shows, the lookup hash shows anyway.
   */
  seal(context: string, plain: string): Uint8Array;
  /** @throws Error when `sealed` was not made by `seal` with this key and context. */
  open(context: string, sealed: Uint8Array): string;
  /** A keyed hash of `plain`, for equality only. */
  lookup(context: string, plain: string): string;
}
