/**
 * Customers of every network who write, send pictures, change and take back what they wrote, and Alice who answers with
 * words and pictures, and changes what she wrote: all numbered, so that the judge can tell each from all others.
 */
import { createHash } from 'node:crypto';
import type { Client } from '../../../src/demo/client.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { sampleFile } from '../../contract/networks/sample-files.ts';
import type { Deed } from '../history.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { steadily } from '../steadily.ts';
import { firstOf, StaffChanges, versionOf } from './changes.ts';
import type { Player, Taken } from './player.ts';

export interface Customer {
  /** `whatsapp1`: stands in everything that is written by and to him. */
  readonly name: string;
  readonly network: string;
  readonly player: Player;
  readonly person: number;
}

/** Something that a customer did. */
export interface Act {
  readonly what: 'text' | 'picture' | 'edit' | 'deletion';
  /** The words, or the caption; of a deletion what is gone. */
  readonly text: string;
  /** Of a picture. */
  readonly sha256?: string;
  /** It came without words: who sent it, as a record says it, and how many such he had sent before. */
  readonly wordless?: { readonly from: string; readonly before: number };
  /** The provider was told that it is taken. */
  acknowledged: boolean;
  /** The provider is done with it: it won't bring it again by itself. */
  done: boolean;
}

export interface Rates {
  /** Seconds between two acts of one customer, two answers to one, and two changes of such, on average. */
  readonly acts: number;
  readonly answers: number;
  readonly changes: number;
}

interface TrafficOptions {
  readonly alice: Client;
  readonly random: SeededRandom;
}

const PICTURE = sampleFile('image', ['image/jpeg']);
const ARRIVES_EVERY_S = 0.15;

export class NetworkTraffic {
  readonly customers: Customer[] = [];
  readonly acts = new Map<Customer, Act[]>();
  readonly deeds: Deed[] = [];
  /** Messages of ours of which the provider's word that they arrived was not taken, by network and id. */
  readonly untold = new Set<string>();
  readonly changes: StaffChanges;
  /** Messages of hers that a provider showed as they had been before, after it had shown them newer. */
  readonly wentBack: string[] = [];
  readonly #versions = new Map<string, number>();
  /** What a picture is called, by the hash of its bytes. */
  readonly #pictures = new Map<string, string>();
  readonly #told = new Set<string>();
  readonly #options: TrafficOptions;
  #count = 0;
  #allowed = 0;
  #stopping = new AbortController();
  #running: Promise<void>[] = [];

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.changes = new StaffChanges(options);
  }

  /** Somebody whom Gatehouse has never heard of; he writes. */
  newcomer(network: string, player: Player): Customer {
    const person = this.customers.filter((one) => one.network === network).length;
    const customer = { name: `${network}${String(person)}`, network, player, person };
    this.customers.push(customer);
    this.acts.set(customer, []);
    this.writes(customer);
    return customer;
  }

  writes(customer: Customer): string {
    const text = `Question ${this.#next()} of ${customer.name}`;
    this.#note(customer, { what: 'text', text }, customer.player.writes(customer.person, text));
    return text;
  }

  /** Writes where there are no pictures. */
  sendsPicture(customer: Customer): void {
    const { player, person } = customer;
    if (player.sendsPicture === undefined) {
      this.writes(customer);
      return;
    }
    const caption = `Question ${this.#next()} of ${customer.name}`;
    const { bytes, sha256 } = this.#picture(caption);
    const from = player.wordless?.(person);
    const before = (this.acts.get(customer) ?? []).filter(({ what }) => what === 'picture').length;
    const sent = player.sendsPicture(person, { bytes, type: PICTURE.type, caption });
    const wordless = from === undefined ? {} : { wordless: { from, before } };
    this.#note(customer, { what: 'picture', text: caption, sha256, ...wordless }, sent);
  }

  /** Writes, and thinks better of it at once. */
  edits(customer: Customer): void {
    const { player, person } = customer;
    const text = `${this.writes(customer)}, changed`;
    const edited = player.edits?.(person, text);
    if (edited !== undefined) this.#note(customer, { what: 'edit', text }, edited);
  }

  deletes(customer: Customer): void {
    const { player, person } = customer;
    const text = this.writes(customer);
    const deleted = player.deletes?.(person);
    if (deleted !== undefined) this.#note(customer, { what: 'deletion', text }, deleted);
  }

  /** False while there is no portal to answer in. */
  async answers(customer: Customer, withPicture: boolean): Promise<boolean> {
    const room = this.roomOf(customer);
    if (room === undefined) return false;
    const text = `Answer ${this.#next()} to ${customer.name}`;
    const words = !withPicture || customer.player.sendsPicture === undefined;
    const content = !words ? await this.#pictureContent(text) : { msgtype: 'm.text', body: text };
    this.deeds.push({ what: 'saying', customer: customer.name, text });
    const event = await this.#options.alice.send(room, 'm.room.message', content);
    this.deeds.push({ what: 'said', customer: customer.name, text, event });
    this.changes.wrote({ to: customer.name, said: text, event, room, words });
    return true;
  }

  roomOf(customer: Customer): RoomId | undefined {
    for (const [room, events] of this.#options.alice.rooms) {
      const speaks = ({ sender, content }: (typeof events)[number]): boolean =>
        sender?.startsWith('@_gh_') === true && namesIn(content['body']).has(customer.name);
      if (events.some(speaks)) return room;
    }
    return undefined;
  }

  /**
   * Of a network, as its customers have them, called what Alice wrote first; a picture is called what it was called here,
   * if its bytes are the same.
   */
  taken(player: Player): readonly (Taken & { readonly said: string })[] {
    return player.taken().map((one) => {
      if (one.picture === undefined) return { ...one, said: firstOf(one.text) };
      const sha256 = one.picture instanceof Uint8Array ? hashOf(one.picture) : one.picture.sha256;
      return { ...one, said: this.#pictures.get(sha256) ?? `a picture that nobody sent (${sha256})` };
    });
  }

  /** How much the networks gave and took. */
  get moved(): number {
    const acknowledged = [...this.acts.values()].flat().filter((one) => one.acknowledged).length;
    const players = new Set(this.customers.map(({ player }) => player));
    return acknowledged + [...players].reduce((sum, player) => sum + player.taken().length, 0);
  }

  /** So many more acts and answers: a machine that is slow at starting what was killed has no more to do than another. */
  allow(more: number): void {
    this.#allowed += more;
  }

  /** Everything both ways as far as it is allowed, until `stop`. */
  start(rates: Rates, customers: readonly Customer[] = this.customers): void {
    const { random } = this.#options;
    for (const customer of customers) {
      this.#running.push(
        this.#steadily(rates.acts, () => {
          if (this.#mayAct()) this.#act(customer);
        }),
        this.#steadily(rates.answers, async () => {
          if (this.#mayAct()) await this.answers(customer, random.next() < 0.25);
        }),
        this.#steadily(rates.changes, async () => {
          if (this.#mayAct()) await this.changes.change(customer.name);
        }),
      );
    }
  }

  /** At one moment about half of the customers act, and Alice answers some, and changes what she told others. */
  burst(): void {
    const { random } = this.#options;
    for (const customer of this.customers) {
      const choice = random.next();
      if (choice < 0.5) this.#act(customer);
      else if (choice < 0.75) this.#running.push(this.answers(customer, random.next() < 0.5).then(() => undefined));
      if (random.next() < 0.4) this.#running.push(this.changes.change(customer.name));
    }
  }

  /** Providers tell that messages arrived, also when nobody writes any more; until `stop`. */
  startTelling(): void {
    this.#running.push(
      this.#steadily(ARRIVES_EVERY_S, () => {
        this.tellArrivals();
      }),
    );
  }

  tellArrivals(): void {
    const players = new Map(this.customers.map(({ network, player }) => [network, player]));
    for (const [network, player] of players) {
      for (const one of player.taken()) {
        this.#tellArrival(network, player, one.id);
        this.#noteVersion(network, one);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
    this.#running = [];
    this.#stopping = new AbortController();
  }

  #tellArrival(network: string, player: Player, id: string): void {
    const key = `${network} ${id}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    const telling = player.arrives?.(id) ?? Promise.resolve(false);
    // Until the provider's word is taken, or for ever where it says none.
    this.untold.add(key);
    telling.then(
      (taken) => taken && this.untold.delete(key),
      () => undefined,
    );
  }

  #noteVersion(network: string, { id, text }: Taken): void {
    const key = `${network} ${id}`;
    const version = versionOf(text);
    if (version < (this.#versions.get(key) ?? 0))
      this.wentBack.push(`“${text}” stands there again, after a newer text`);
    this.#versions.set(key, version);
  }

  #mayAct(): boolean {
    if (this.#allowed === 0) return false;
    this.#allowed -= 1;
    return true;
  }

  #act(customer: Customer): void {
    const { player } = customer;
    const choice = this.#options.random.next();
    if (choice < 0.2) this.sendsPicture(customer);
    else if (choice < 0.4 && player.edits !== undefined) this.edits(customer);
    else if (choice < 0.5 && player.deletes !== undefined) this.deletes(customer);
    else this.writes(customer);
  }

  async #pictureContent(text: string): Promise<JsonObject> {
    const { bytes } = this.#picture(text);
    const url = await this.#options.alice.upload(bytes, PICTURE.type);
    return { msgtype: 'm.image', body: text, url, info: { mimetype: PICTURE.type, size: bytes.length } };
  }

  /** One that is like no other. */
  #picture(name: string): { readonly bytes: Uint8Array; readonly sha256: string } {
    const bytes = Buffer.concat([PICTURE.bytes, Buffer.from(name)]);
    const sha256 = hashOf(bytes);
    this.#pictures.set(sha256, name);
    return { bytes, sha256 };
  }

  #note(customer: Customer, done: Omit<Act, 'acknowledged' | 'done'>, taken: Promise<boolean>): void {
    const act: Act = { ...done, acknowledged: false, done: false };
    this.acts.get(customer)?.push(act);
    taken.then(
      (acknowledged) => Object.assign(act, { acknowledged, done: true }),
      () => undefined,
    );
  }

  #steadily(seconds: number, act: () => Promise<void> | void): Promise<void> {
    return steadily(seconds, act, { random: this.#options.random, signal: this.#stopping.signal });
  }

  #next(): string {
    this.#count += 1;
    return String(this.#count);
  }
}

/** The customers whom a text names. */
export function namesIn(text: unknown): ReadonlySet<string> {
  return new Set(
    typeof text === 'string' ? Array.from(text.matchAll(/\b(?:of|to) (\w+)/gu), ([, name = '']) => name) : [],
  );
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
