/** A signal-cli daemon, however it is reached (man/signal-cli-jsonrpc.5). */
import type { DaemonPlace } from './config.ts';

/** What a JSON-RPC request came to. */
export type Called =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data: unknown }
  /** The request never left. */
  | { readonly kind: 'unsent'; readonly detail: string }
  /** It may have been carried out. */
  | { readonly kind: 'unclear'; readonly detail: string };

export interface CallWish {
  readonly timeoutMs?: number;
  /** Of the answer. */
  readonly maxBytes?: number;
}

/** Something that came in, as signal-cli handed it over: it has it no longer. */
export interface Notice {
  readonly raw: Uint8Array;
  /** What stands around the envelope, or undefined for what is no JSON or too long to be kept. */
  readonly params: unknown;
  /** For whom the stream or the subscription is, where that is known. */
  readonly line: string | undefined;
  /** The number that the daemon gave it, where it numbers what it hands over. */
  readonly position: string | undefined;
  /** The daemon told it by itself, without being asked for what comes in. */
  readonly unasked: boolean;
}

export interface DaemonHandlers {
  notice(notice: Notice): void;
  /** Undefined, or resolves when there is room for more; nothing more is read until then. */
  room(): Promise<void> | undefined;
  /** What was handed over last and is on record, of a line; undefined where nothing was numbered yet. */
  position(line: string): Promise<string | undefined>;
}

/** One connection to the daemon, from the first byte until it is over. */
export interface DaemonLink {
  call(method: string, params: object, wish?: CallWish): Promise<Called>;
  /**
   * Asks for what comes in for these accounts; one account may be undefined, where the daemon has but one. The error is
   * for the health page.
   */
  receive(accounts: readonly Receiving[]): Promise<readonly Refused[]>;
  /** Asks for nothing more; what is handed over already still comes. */
  hold(): Promise<void>;
  close(): void;
  /** Resolves when it is over, with why in words. */
  readonly over: Promise<string>;
}

export interface Receiving {
  readonly line: string;
  /** What the daemon calls the account; undefined where it has but one. */
  readonly account: string | undefined;
}

export interface Refused {
  readonly line: string;
  readonly unknownAccount: boolean;
}

/** Where it lies, for people. */
export function placeWords(place: DaemonPlace): string {
  switch (place.by) {
    case 'tcp':
      return `${place.host}:${String(place.port)}`;
    case 'unix':
      return place.path;
    case 'http':
      return place.origin;
  }
}
