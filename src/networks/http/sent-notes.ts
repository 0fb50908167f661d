/** What was sent to a chat and when: for providers that tell reading by a time and not by ids. */
import { z } from 'zod';
import { parseRemoteId, type Address, type Millis, type RemoteId } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { Kv } from '../../core/ports/connector.ts';

/** Of one chat: reading tells of the newest. */
const notesMost = 30;
const notes = z.array(z.strictObject({ id: z.string(), at: z.number() }));

export interface Chat {
  readonly line: Address;
  readonly chat: Address;
}

export class SentNotes {
  readonly #kv: Kv;

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  async note(chat: Chat, ids: readonly RemoteId[], at: Millis): Promise<void> {
    const kept = [...(await this.#read(chat)), ...ids.map((id) => ({ id, at }))].slice(-notesMost);
    await this.#kv.apply([{ key: keyOf(chat), value: Buffer.from(JSON.stringify(kept)) }]);
  }

  async upTo(chat: Chat, at: number): Promise<readonly RemoteId[]> {
    const kept = await this.#read(chat);
    return kept.flatMap((one) => {
      const id = parseRemoteId(one.id);
      return id.ok && one.at <= at ? [id.value] : [];
    });
  }

  async #read(chat: Chat): Promise<z.output<typeof notes>> {
    const value = await this.#kv.get(keyOf(chat));
    return value === undefined ? [] : (notes.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data ?? []);
  }
}

function keyOf({ line, chat }: Chat): string {
  return `sent:${line} ${chat}`;
}
