/**
 * Notes of sends, so that Twilio can be asked what became of one whose answer never came: it knows no id of ours, so its
 * list is searched for the text. A note is on disk before Twilio is asked, and goes some minutes after the send ended.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { parseRemoteId, type Position, type RemoteId } from '../../core/ids.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { OutboundMessage } from '../../core/ports/outbound.ts';
import type { TwilioApi } from './api.ts';
import { listMessages, messageBy, type ListedMessage } from './listing.ts';
import { stateOf } from './statuses.ts';

const PREFIX = 'sending/';
/** By then the core has put on record what it was told. */
const KEPT_MS = 10 * 60_000;
/** Those of an earlier process: what it left open is asked for after the start, or when Twilio can be asked again. */
const EARLIER_KEPT_MS = 24 * 3_600_000;
/** Between Twilio's clock and ours. */
const SKEW_MS = 60_000;
/** Newest messages between two numbers that are looked through. */
const LOOKED_AT = 50;

const storedNote = z.object({
  from: z.string(),
  to: z.string(),
  /** Of ends and text, hex. */
  print: z.string(),
  at: z.number(),
  sid: z.string().optional(),
});
interface Note extends z.output<typeof storedNote> {
  /** When it may go, by our clock; absent while the send is under way. */
  until?: number;
  /** What is on disk is this very note. */
  saved: boolean;
}

export interface Became {
  readonly state: ReceiptState;
  readonly ids: readonly RemoteId[];
}

export class Attempts {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;
  readonly #api: TwilioApi;
  readonly #notes = new Map<string, Note>();

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>, api: TwilioApi) {
    this.#ctx = ctx;
    this.#api = api;
  }

  /** Takes in the notes of an earlier process. */
  async load(): Promise<void> {
    const now = this.#ctx.clock.now();
    for (const { key, value } of await this.#ctx.kv.list(PREFIX)) {
      const note = storedNote.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
      if (note !== undefined)
        this.#notes.set(key.slice(PREFIX.length), { ...note, until: now + EARLIER_KEPT_MS, saved: true });
    }
  }

  /** On disk when it resolves: Twilio may be asked. */
  async begin({ position, from, to, text }: OutboundMessage): Promise<void> {
    const note: Note = { from, to, print: printOf(from, to, text), at: this.#ctx.clock.now(), saved: false };
    const edits = this.#edits();
    await this.#ctx.kv.apply([...edits, { key: PREFIX + String(position), value: bytesOf(note) }]);
    note.saved = true;
    this.#notes.set(String(position), note);
  }

  /** @param sid what Twilio calls it; it goes to disk with the next note */
  end(position: Position, sid?: string): void {
    const note = this.#notes.get(String(position));
    if (note === undefined) return;
    note.until = this.#ctx.clock.now() + KEPT_MS;
    if (sid !== undefined) Object.assign(note, { sid, saved: false });
  }

  /** What is over and known goes, from memory and disk. */
  async tidy(): Promise<void> {
    const edits = this.#edits();
    if (edits.length > 0) await this.#ctx.kv.apply(edits);
  }

  /**
   * Where exactly one message at Twilio can be this one, what became of it. Undefined where none can or several may.
   * @throws FetchFailed
   */
  async became(position: string): Promise<Became | undefined> {
    const note = this.#notes.get(position);
    if (note === undefined) return undefined;
    if (note.sid !== undefined) return this.bySid(note.sid);
    if (this.#isAmbiguous(note)) return undefined;
    const found = await listMessages(this.#api, { to: note.to, from: note.from, most: LOOKED_AT });
    const [only, ...more] = found.filter(({ message }) => this.#fits(message, note));
    return more.length > 0 ? undefined : becameOf(only?.message);
  }

  /** @throws FetchFailed */
  async bySid(sid: string): Promise<Became | undefined> {
    return becameOf(await messageBy(this.#api, sid));
  }

  #fits(message: ListedMessage, note: Note): boolean {
    const { from, to, body, direction, date_created: at } = message;
    const known = Array.from(this.#notes.values(), ({ sid }) => sid);
    return (
      direction !== 'inbound' &&
      (at ?? 0) >= note.at - SKEW_MS &&
      !known.includes(message.sid) &&
      printOf(from ?? '', to ?? '', body) === note.print
    );
  }

  /** The same words to the same person, of which nobody knows either what became of them. */
  #isAmbiguous(note: Note): boolean {
    const alike = [...this.#notes.values()].filter(({ print, sid }) => print === note.print && sid === undefined);
    return alike.length > 1;
  }

  #edits(): KvEdit[] {
    const now = this.#ctx.clock.now();
    const edits: KvEdit[] = [];
    for (const [position, note] of this.#notes) {
      const key = PREFIX + position;
      if (note.until !== undefined && note.until < now) {
        this.#notes.delete(position);
        edits.push({ key, value: null });
      } else if (!note.saved) {
        note.saved = true;
        edits.push({ key, value: bytesOf(note) });
      }
    }
    return edits;
  }
}

function becameOf(message: ListedMessage | undefined): Became | undefined {
  const id = parseRemoteId(message?.sid);
  const state = stateOf(message?.status ?? '');
  return id.ok && state !== undefined ? { state, ids: [id.value] } : undefined;
}

function bytesOf({ from, to, print, at, sid }: Note): Uint8Array {
  return Buffer.from(JSON.stringify({ from, to, print, at, sid }));
}

function printOf(from: string, to: string, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([from, to, text]))
    .digest('hex');
}
