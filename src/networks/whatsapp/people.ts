/**
 * Who writes: the phone number where WhatsApp tells it, else the business-scoped user id (BSUID). What is known of both is
 * kept, so that a chat stays one when WhatsApp stops or begins to tell the number.
 */
import { z } from 'zod';
import { parseAddress, type Address } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

export interface Identity {
  /** Digits, with or without a plus; or a BSUID where Meta puts one in the phone's place. */
  readonly phone?: string | undefined;
  readonly userId?: string | undefined;
  readonly parentUserId?: string | undefined;
}

export interface Moved {
  readonly line: Address;
  readonly chat: Address;
  readonly movedTo: Address;
}

export interface Known {
  readonly address: Address;
  /** To be committed with what tells it. */
  readonly edits: readonly KvEdit[];
  /** Chats that had another address until now. */
  readonly moved: readonly Moved[];
}

interface Person {
  readonly address: Address;
  /** The lines it wrote to under this id. */
  readonly lines: readonly Address[];
}

const stored = z.object({ address: z.string(), lines: z.array(z.string()) });
const groupPrefix = 'group:';

/** E.164 for what Meta writes as digits; undefined where it is no phone number. */
export function phoneOf(text: string | undefined): Address | undefined {
  const digits = /^\+?([1-9]\d{4,14})$/u.exec(text ?? '')?.[1];
  const address = parseAddress(digits === undefined ? undefined : `+${digits}`);
  return address.ok ? address.value : undefined;
}

/** A group's id as an address: no person has one of this form. */
export function groupAddress(id: string): Address | undefined {
  const address = parseAddress(`${groupPrefix}${id}`);
  return address.ok ? address.value : undefined;
}

/** The id of the group that has this address. */
export function groupIdOf(address: Address): string | undefined {
  return address.startsWith(groupPrefix) ? address.slice(groupPrefix.length) : undefined;
}

function addressOfUser(id: string | undefined): Address | undefined {
  const address = parseAddress(id);
  return address.ok && !address.value.startsWith('+') && groupIdOf(address.value) === undefined
    ? address.value
    : undefined;
}

export class People {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  /** Undefined where nothing names a person. */
  async who(identity: Identity, line: Address): Promise<Known | undefined> {
    const phone = await this.#written(phoneOf(identity.phone));
    const misplaced = phone === undefined ? identity.phone : undefined;
    const userId = addressOfUser(identity.userId ?? identity.parentUserId ?? misplaced);
    if (userId === undefined) return phone === undefined ? undefined : { address: phone, edits: [], moved: [] };
    const known = await this.#person(userId);
    return this.#placed(userId, { known, address: phone ?? known?.address ?? userId, line });
  }

  /**
   * The address of the chat with whoever is written so: a phone number or a user id. Whether somebody is there is not
   * asked: the Cloud API has no such question, and the one of the API before it has called every number good since its
   * version 2.43 ("Contacts", On-Premises API). A message to nobody fails and says so.
   */
  async find(written: string): Promise<Address | undefined> {
    const phone = await this.#written(phoneOf(written));
    if (phone !== undefined) return phone;
    const userId = /^[A-Z]{2}\.[A-Za-z0-9.]+$/u.test(written) ? addressOfUser(written) : undefined;
    return userId === undefined ? undefined : ((await this.#person(userId))?.address ?? userId);
  }

  /** WhatsApp calls `address`, to which we write, by another number: what comes from that one belongs to the same chat. */
  async alias(address: Address, waId: string | undefined): Promise<readonly KvEdit[]> {
    const other = phoneOf(waId);
    if (other === undefined || other === address || !address.startsWith('+')) return [];
    if ((await this.#written(other)) === address) return [];
    return [{ key: `wa:${other}`, value: Buffer.from(address) }];
  }

  /** The person has a new id and nothing else is told of it: a number that was known is perhaps another's by now. */
  async renamed(old: string, now: string, line: Address): Promise<Known | undefined> {
    const [before, address] = [addressOfUser(old), addressOfUser(now)];
    if (before === undefined || address === undefined) return undefined;
    const known = (await this.#person(before)) ?? { address: before, lines: [line] };
    const next = this.#placed(address, { known, address, line });
    return { ...next, edits: [...next.edits, { key: userKey(before), value: null }] };
  }

  #placed(userId: Address, at: { known: Person | undefined; address: Address; line: Address }): Known {
    const { known, address, line } = at;
    if (known?.address === address && known.lines.includes(line)) return { address, edits: [], moved: [] };
    const lines = [...new Set([...(known?.lines ?? []), line])];
    const edits = [{ key: userKey(userId), value: Buffer.from(JSON.stringify({ address, lines })) }];
    if (known === undefined || known.address === address) return { address, edits, moved: [] };
    return { address, edits, moved: known.lines.map((on) => ({ line: on, chat: known.address, movedTo: address })) };
  }

  async #written(phone: Address | undefined): Promise<Address | undefined> {
    const value = phone === undefined ? undefined : await this.#kv.get(`wa:${phone}`);
    return value === undefined ? phone : (phoneOf(Buffer.from(value).toString('utf8')) ?? phone);
  }

  async #person(userId: Address): Promise<Person | undefined> {
    const value = await this.#kv.get(userKey(userId));
    const read = value === undefined ? undefined : stored.safeParse(parseJson(Buffer.from(value).toString('utf8')));
    const address = parseAddress(read?.data?.address);
    if (!address.ok) return undefined;
    const lines = (read?.data?.lines ?? []).flatMap((one) => {
      const line = parseAddress(one);
      return line.ok ? [line.value] : [];
    });
    return { address: address.value, lines };
  }
}

function userKey(userId: Address): string {
  return `user:${userId}`;
}
