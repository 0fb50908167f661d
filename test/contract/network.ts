/**
 * A network as the connector kit asks for it: the provider's simulator, and what a customer does there. Only the upper
 * part is needed by all; what stands below is there where the network has it, and the kit then asks that it works.
 */
import type { Address, RemoteId } from '../../src/core/ids.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { FileKind, GeoPlace } from '../../src/core/network-entries.ts';
import type { NetworkFacts } from '../../src/core/ports/capabilities.ts';
import type { Connector, ConnectorContext } from '../../src/core/ports/connector.ts';
import type { PresenceState } from '../../src/core/ports/outbound.ts';
import type { WebhookAnswer, WebhookRequest } from '../../src/core/ports/webhook.ts';
import type { Door } from './networks/door.ts';

/** What is there before the network is. A simulator takes its time from `systemClock`: the kit counts the connector's. */
export interface Surroundings {
  /** Its `url` is what `ctx.http.url` says, and where a simulator posts to. Shut while no connector runs. */
  readonly door: Pick<Door, 'url'>;
}

/** Give a fresh one for each test. */
export type MakeNetwork = (around: Surroundings) => Promise<Network>;

/**
 * Every act of a customer's resolves when the provider is done with it: with true once it was told that the message is
 * taken (answered 2xx, acknowledged, offset raised, listed), with false when it has given up. A simulator hands over
 * what one customer does one after another, and repeats what is refused, just as its provider does; keep the pauses
 * between repeats short (a few ms).
 */
export type Taken = Promise<boolean>;

export interface Network {
  /** The module's `facts`. */
  readonly facts: NetworkFacts;
  /** As config `lines[].address` says it. Default +12025550100. */
  readonly line?: Address;
  /** The one who writes, as the connector spells him. Default +12025550199. */
  readonly customer?: Address;
  /** `127.0.0.1:port` of simulated places that links to files lead to (config `media.fetchFrom`). Default none. */
  readonly fetchFrom?: readonly string[];
  /** How the connector hears: `socket` says "connecting" when it is cut; the others go on by asking again. */
  readonly link: 'socket' | 'polling' | 'calls';
  open(ctx: ConnectorContext): Connector;
  /** What `open` gives the connector, as the config's `connectors[]` says it beside id and type. */
  readonly settings?: JsonObject;
  customerWrites(text: string): Taken;
  /** The newest thing that was handed over comes once more, as the provider's repeats do. */
  repeats(): Taken;
  /** Something comes in that the connector can't make sense of. */
  poison(): Promise<unknown>;
  /** The provider's patience with what it holds for us is over. Nothing to do where nobody keeps anything. */
  givesUp(): void;
  /** Whole texts that the network took from us, in order. */
  received(): readonly string[];
  /** From now on the network takes texts and loses its answers to them. */
  loseAnswers(): void;
  /** Breaks the connection; whoever connects or asks anew is served, with answers. */
  cut(): void;
  /** What must never be in a log. */
  readonly secrets: readonly string[];
  close(): Promise<void>;

  /** What comes well-formed and is of a kind that has no form with us: on record as `unsupported`. */
  sendsStrange?(): Taken;
  /** One call or answer of the provider's with a text, something senseless, and a text. Where it batches. */
  batchAround?(before: string, after: string): Taken;
  /** Requests to be refused: forged, unsigned and (where a time or nonce is signed) replayed. There with a webhook. */
  forgeries?(): Promise<readonly Forgery[]>;
  /** What customers do beyond writing. */
  readonly customerCan?: CustomerActs;
  /** A message as the customer sees it by now; undefined where there is none. There where more than text goes out. */
  shown?(id: RemoteId): Shown | undefined;
  /** The name of what one of the two wrote last in their chat. There with `shown`, and where messages have names. */
  newest?(by: 'line' | 'customer'): RemoteId | undefined;
  /** SHA-256 in hex of the files that the network took from us. There where files go out. */
  files?(): readonly string[];
  /** What customers were told beside messages, in order. */
  told?(): readonly Told[];
  /** The names of the templates that the provider would list for the line, and take. */
  readonly templates?: readonly string[];
}

export interface Forgery {
  /** "a changed body", "no signature", ... */
  readonly what: string;
  readonly request: WebhookRequest;
  readonly answer: Exclude<WebhookAnswer['to'], 'accepted' | 'not-yet'>;
}

/** "The newest" is what the customer or, where it says so, the line wrote last. */
export interface CustomerActs {
  /** Answers the newest message of the line's. */
  replies?(text: string): Taken;
  /** His newest message says this now. */
  edits?(text: string): Taken;
  /** His newest message. */
  deletes?(): Taken;
  /** All that he has on the line's newest message from now on. */
  reacts?(keys: readonly string[]): Taken;
  sendsFile?(file: KitFile): Taken;
  sendsLocation?(place: GeoPlace): Taken;
  sendsContact?(card: { readonly name: string; readonly phone: string }): Taken;
  /** Writes in a group that the line is in. */
  writesInGroup?(text: string): Taken;
  /** His device has the line's newest message. */
  receives?(): Taken;
  /** He has read the line's newest message. */
  reads?(): Taken;
  types?(on: boolean): Promise<void>;
  appears?(state: PresenceState): Promise<void>;
}

export interface KitFile {
  readonly kind: FileKind;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly caption?: string;
}

export interface Shown {
  /** The words or the caption. */
  readonly text: string;
  readonly deleted?: boolean;
  readonly reactions?: readonly string[];
  readonly replyTo?: RemoteId;
  /** SHA-256 of the file's bytes, hex. */
  readonly file?: string;
  readonly location?: Pick<GeoPlace, 'latitude' | 'longitude'>;
}

export type Told =
  | { readonly what: 'read'; readonly id: string }
  | { readonly what: 'typing'; readonly on: boolean }
  | { readonly what: 'presence'; readonly state: PresenceState };
