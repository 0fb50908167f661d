/** A provider's simulator with several customers, as a crash run drives it. */
import type { Simulated } from '../../support/networks-config.ts';

/** What an act of a customer resolves with: whether the provider was told that it is taken (answered 2xx, confirmed). */
export type Acknowledged = Promise<boolean>;

export interface Player extends Simulated {
  /** `person` counts from 0. The provider hands over what one of them does one after another. */
  writes(person: number, text: string): Acknowledged;
  /** Where the network has pictures, both ways. */
  sendsPicture?(person: number, picture: Picture): Acknowledged;
  /** Pictures come without words; then this is who writes, as a record says it. */
  wordless?(person: number): string;
  /** What he wrote last says this now. */
  edits?(person: number, text: string): Acknowledged;
  /** What he wrote last is taken back. */
  deletes?(person: number): Acknowledged;
  /** What customers have of us, in the order in which the provider took it. */
  taken(): readonly Taken[];
  /** Tells us that the message arrived; where the provider tells such things. */
  arrives?(id: string): Acknowledged;
  /** It has tried for as long as it tries: from now on it only answers what it is asked. Without: it never gives up so soon. */
  givesUp?(): void;
  /** Gatehouse was killed a moment ago. */
  died?(): void;
  /** It calls once: what failed is only listed, and perhaps found after what was brought later. */
  readonly callsOnce?: boolean;
  /** Nobody keeps what was not taken: it was given back, or its writer never gets a receipt. */
  readonly keepsNothing?: boolean;
  /** What it brings again has no name: it is on record again, and says in the room that it may be a repeat. */
  readonly nameless?: boolean;
}

export interface Picture {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly caption: string;
}

export interface Taken {
  readonly id: string;
  readonly person: number;
  /** The words as they stand by now; of a picture the caption. */
  readonly text: string;
  readonly picture?: Uint8Array | { readonly sha256: string };
  /** The company has taken it back. */
  readonly deleted?: boolean;
  /** What the company has on it. */
  readonly reactions?: readonly string[];
}

/** Where a player is made: the address that its provider calls. */
export type MakePlayer = (url: string) => Promise<Player>;
