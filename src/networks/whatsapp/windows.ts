/**
 * Until when free text may go to whom: 24 hours from the customer's last message ("customer service window"). Kept with
 * what opens it, so that it is known after a restart; of chats from before the first start the provider is asked.
 */
import { parseMillis, type Address, type Millis } from '../../core/ids.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';
import { beforeADay } from './errors.ts';

export const windowMs = 24 * 3_600_000;
/** Open ones; the provider knows of those that are forgotten. */
export const windowsMax = 50_000;
const prefix = 'window:';
const sinceKey = 'windows-since';
/** Closed ones that one commit forgets. */
const forgottenAtOnce = 10;

export interface Heard {
  readonly line: Address;
  readonly chat: Address;
  readonly at: Millis;
}

export class Windows {
  /** By line and chat, the last message; those that were heard last stand last. */
  readonly #last = new Map<string, Millis>();
  /** What was heard since then is known. */
  #since: Millis | undefined;

  /** Takes in what an earlier process noted, and forgets what is closed. */
  async load(kv: Kv, now: Millis): Promise<void> {
    const edits: KvEdit[] = [];
    const notes = (await kv.list(prefix)).map(({ key, value }) => ({ key, at: timeOf(value) }));
    for (const { key, at } of notes.sort((a, b) => (a.at ?? 0) - (b.at ?? 0))) {
      if (at === undefined || at + windowMs <= now) edits.push({ key, value: null });
      else this.#last.set(key.slice(prefix.length), at);
    }
    this.#since = timeOf(await kv.get(sinceKey));
    if (this.#since === undefined) {
      this.#since = now;
      edits.push({ key: sinceKey, value: noteOf(now) });
    }
    if (edits.length > 0) await kv.apply(edits);
  }

  /** What has to be committed with the message that opens it. */
  edits(heard: readonly Heard[], now: Millis): readonly KvEdit[] {
    const edits = new Map<string, KvEdit>();
    for (const [key, at] of this.#last) {
      if (edits.size >= forgottenAtOnce || at + windowMs > now) break;
      edits.set(key, { key: `${prefix}${key}`, value: null });
    }
    for (const { line, chat, at } of heard) {
      const key = keyOf(line, chat);
      if ((this.#last.get(key) ?? -1) < at) edits.set(key, { key: `${prefix}${key}`, value: noteOf(at) });
    }
    return [...edits.values()];
  }

  /** After that commit. */
  noted(heard: readonly Heard[], now: Millis): void {
    for (const [key, at] of this.#last) {
      if (at + windowMs > now) break;
      this.#last.delete(key);
    }
    for (const { line, chat, at } of heard) {
      const key = keyOf(line, chat);
      const last = this.#last.get(key);
      this.#last.delete(key);
      this.#last.set(key, last === undefined || last < at ? at : last);
    }
    for (const key of this.#last.keys()) {
      if (this.#last.size <= windowsMax) break;
      this.#last.delete(key);
      this.#since = now;
    }
  }

  last(line: Address, chat: Address): Millis | undefined {
    return this.#last.get(keyOf(line, chat));
  }

  /** Why free text can't go there now, in words; undefined where it can, or where only the provider knows. */
  closed(line: Address, chat: Address, now: Millis): string | undefined {
    const last = this.last(line, chat);
    if (last === undefined) return this.#since === undefined || now - this.#since < windowMs ? undefined : beforeADay;
    const end = last + windowMs;
    return end > now ? undefined : `over since ${new Date(end).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  }
}

function keyOf(line: Address, chat: Address): string {
  return `${line} ${chat}`;
}

function noteOf(at: Millis): Uint8Array {
  return Buffer.from(String(at));
}

function timeOf(value: Uint8Array | undefined): Millis | undefined {
  const at = parseMillis(value === undefined ? undefined : Number(Buffer.from(value).toString('utf8')));
  return at.ok ? at.value : undefined;
}
