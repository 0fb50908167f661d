/** How much of what may match is asked for at a time: the newest first, from `below` down. */
export interface CandidatePage {
  /** Only positions smaller than this one. */
  readonly below: number;
  readonly limit: number;
}
