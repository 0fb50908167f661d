/**
 * Whose name is to be asked for, and whose was: kept with the messages that it follows from, so that a restart asks what
 * the process before did not. Of a name only a digest is noted.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseAddress, type Address, type Millis } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

const DAY_MS = 86_400_000;
/** After so long an unchanged name is told once more: what was erased of a customer who came back has a name again. */
const TOLD_MS = 30 * DAY_MS;
const DUE = 'profile/due/';
const ASKED = 'profile/asked/';

export interface Chat {
  readonly line: Address;
  readonly chat: Address;
}

export interface Due extends Chat {
  /** Not before. */
  readonly at: number;
  /** Times that nobody answered. */
  readonly tries: number;
}

const due = z.object({ line: z.string(), chat: z.string(), at: z.number(), tries: z.number() });
/** `told` is when `name`, a digest, was told last. */
const asked = z.object({ at: z.number(), name: z.string().optional(), told: z.number().optional() });
type Asked = z.output<typeof asked>;

export class ProfileNotes {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  /** To be committed with a message of that chat. */
  async wanted(chat: Chat, now: Millis): Promise<readonly KvEdit[]> {
    if (await this.#isNew(chat, now)) return [];
    if ((await this.#kv.get(DUE + nameOf(chat))) !== undefined) return [];
    return [this.later({ ...chat, at: now, tries: 0 })];
  }

  /** Those that can be asked for first come first. */
  async due(): Promise<readonly Due[]> {
    const kept = await this.#kv.list(DUE);
    return kept.flatMap(({ value }) => dueIn(value) ?? []).sort((a, b) => a.at - b.at || a.tries - b.tries);
  }

  later(one: Due): KvEdit {
    return { key: DUE + nameOf(one), value: Buffer.from(JSON.stringify(one)) };
  }

  given(chat: Chat): KvEdit {
    return { key: DUE + nameOf(chat), value: null };
  }

  /** Whether `name` has to be told, and what is noted then. */
  async answered(chat: Chat, name: string | undefined, now: Millis): Promise<{ tell: boolean; notes: KvEdit[] }> {
    const before = await this.#asked(chat);
    const digest = name === undefined ? before?.name : digestOf(name);
    const known = digest === before?.name && now - (before?.told ?? 0) < TOLD_MS;
    const tell = name !== undefined && !known;
    const note: Asked = { at: now, name: digest, told: tell ? now : before?.told };
    return {
      tell,
      notes: [this.given(chat), { key: ASKED + nameOf(chat), value: Buffer.from(JSON.stringify(note)) }],
    };
  }

  async forgetOld(now: Millis): Promise<void> {
    const old = (await this.#kv.list(ASKED)).filter(({ value }) => !(now - (askedIn(value)?.at ?? 0) < TOLD_MS));
    if (old.length > 0) await this.#kv.apply(old.map(({ key }) => ({ key, value: null })));
  }

  /** A clock that was set back makes nobody wait for longer than a day. */
  async #isNew(chat: Chat, now: Millis): Promise<boolean> {
    return Math.abs(now - ((await this.#asked(chat))?.at ?? -Infinity)) < DAY_MS;
  }

  async #asked(chat: Chat): Promise<Asked | undefined> {
    const value = await this.#kv.get(ASKED + nameOf(chat));
    return value === undefined ? undefined : askedIn(value);
  }
}

function nameOf({ line, chat }: Chat): string {
  return `${line} ${chat}`;
}

function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 20);
}

function dueIn(value: Uint8Array): Due | undefined {
  const read = due.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
  const [line, chat] = [parseAddress(read?.line), parseAddress(read?.chat)];
  if (read === undefined || !line.ok || !chat.ok) return undefined;
  return { line: line.value, chat: chat.value, at: read.at, tries: read.tries };
}

function askedIn(value: Uint8Array): Asked | undefined {
  return asked.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
}
