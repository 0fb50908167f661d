/**
 * Who is who on Signal: a person is a uuid (ACI), and most often a phone number too. The address is the number where it
 * is known, else the uuid. Both are noted in the commit of what they came with, so that a chat which began under a uuid
 * goes on when the number becomes known, and what was said there keeps its name.
 */
import { z } from 'zod';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

/** As signal-cli names somebody; `legacy` is whichever it has. */
export interface Named {
  readonly number?: string | undefined;
  readonly uuid?: string | undefined;
  readonly legacy?: string | undefined;
  readonly name?: string | undefined;
}

export interface Person {
  readonly address: Address;
  /** What messages of this person's are named by: the first address that they came under. */
  readonly author: Address;
  readonly name?: string;
  /** Where the chats went on from. */
  readonly before?: Address;
}

const note = z.object({ address: z.string(), author: z.string(), name: z.string().optional() });
type Note = z.output<typeof note>;
const NUMBER = /^\+[1-9]\d{4,14}$/u;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Ids of groups are base64 of 32 bytes, older ones of 16: neither a number nor a uuid. */
export function isGroup(address: Address): boolean {
  return /^[A-Za-z0-9+/]{22,43}={0,2}$/u.test(address) && !isNumber(address) && !isUuid(address);
}

/** Those met within one batch; `edits` commit with it. */
export class People {
  readonly #kv: Kv;
  readonly #edits = new Map<string, Uint8Array>();

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  get edits(): readonly KvEdit[] {
    return Array.from(this.#edits, ([key, value]) => ({ key, value }));
  }

  /** Undefined for somebody without a name that can be an address. */
  async of(named: Named): Promise<Person | undefined> {
    const { number, uuid } = partsOf(named);
    if (uuid !== undefined) return this.#byUuid(uuid, number, named.name);
    return number === undefined ? undefined : this.#byNumber(number);
  }

  async #byUuid(uuid: string, number: string | undefined, name: string | undefined): Promise<Person | undefined> {
    const known = await this.#read(`who/${uuid}`);
    if (known === undefined) return this.#noted(uuid, personOf({ address: number ?? uuid, name }));
    const { address, author } = known;
    const person = this.#noted(uuid, personOf({ address: number ?? address, author, name: name ?? known.name }), known);
    const before = parseAddress(address);
    return person === undefined || person.address === address || !before.ok
      ? person
      : { ...person, before: before.value };
  }

  /** Of whom only the number is told: the uuid that last came with it says who it is. */
  async #byNumber(number: string): Promise<Person | undefined> {
    const uuid = await this.#text(`uuid/${number}`);
    const known = uuid === undefined ? undefined : await this.#read(`who/${uuid}`);
    return personOf({ ...known, address: number });
  }

  #noted(uuid: string, person: Person | undefined, known?: Note): Person | undefined {
    if (person === undefined) return undefined;
    const { address, author, name } = person;
    if (known?.address === address && known.author === author && known.name === name) return person;
    this.#edits.set(`who/${uuid}`, Buffer.from(JSON.stringify({ address, author, name })));
    if (isNumber(address)) this.#edits.set(`uuid/${address}`, Buffer.from(uuid));
    return person;
  }

  async #read(key: string): Promise<Note | undefined> {
    const text = await this.#text(key);
    if (text === undefined) return undefined;
    try {
      return note.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  async #text(key: string): Promise<string | undefined> {
    const value = this.#edits.get(key) ?? (await this.#kv.get(key));
    return value === undefined ? undefined : Buffer.from(value).toString('utf8');
  }
}

function personOf(given: { address: string; author?: string; name?: string | undefined }): Person | undefined {
  const { name } = given;
  const [address, author] = [parseAddress(given.address), parseAddress(given.author ?? given.address)];
  if (!address.ok || !author.ok) return undefined;
  return { address: address.value, author: author.value, ...(name === undefined ? {} : { name }) };
}

function partsOf({ number, uuid, legacy }: Named): { readonly number?: string; readonly uuid?: string } {
  const found = { number: number ?? legacy, uuid: (uuid ?? legacy)?.toLowerCase() };
  return {
    ...(found.number !== undefined && isNumber(found.number) ? { number: found.number } : {}),
    ...(found.uuid !== undefined && isUuid(found.uuid) ? { uuid: found.uuid } : {}),
  };
}
