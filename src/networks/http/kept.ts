/**
 * What a provider wants to hear again of a message when it is answered or read (LINE's `quoteToken`, `markAsReadToken`).
 * Notes of messages that came commit with them; one of ours that is lost with the process costs a quotation its form.
 */
import { z } from 'zod';
import type { Millis, RemoteId } from '../../core/ids.ts';
import { parseJson } from '../../core/json.ts';
import type { ConnectorContext, KvEdit } from '../../core/ports/connector.ts';
import type { Values } from './template.ts';

const PREFIX = 'kept/';
/** Who answers what is older does so with a quotation in words. */
const KEPT_MS = 90 * 86_400_000;
const LONGEST = 2_048;
const note = z.strictObject({ at: z.number(), values: z.record(z.string(), z.string()) });

export class Kept {
  readonly #ctx: Pick<ConnectorContext, 'kv' | 'clock'>;

  constructor(ctx: Pick<ConnectorContext, 'kv' | 'clock'>) {
    this.#ctx = ctx;
  }

  /** As places: `kept.name`. */
  async of(id: RemoteId | undefined): Promise<Values> {
    const value = id === undefined ? undefined : await this.#ctx.kv.get(PREFIX + id);
    const { values = {} } = value === undefined ? {} : (readNote(value) ?? {});
    return Object.fromEntries(Object.entries(values).map(([name, text]) => [`kept.${name}`, text]));
  }

  async forgetOld(): Promise<void> {
    const { kv, clock } = this.#ctx;
    const before = clock.now() - KEPT_MS;
    const old = (await kv.list(PREFIX)).filter(({ value }) => !((readNote(value)?.at ?? 0) >= before));
    if (old.length > 0) await kv.apply(old.map(({ key }) => ({ key, value: null })));
  }
}

/** Commits with the message; nothing where there is nothing to keep. */
export function keepEdits(
  id: RemoteId,
  found: readonly (readonly [name: string, text: string | undefined])[],
  at: Millis,
): readonly KvEdit[] {
  const values = Object.fromEntries(found.filter(([, text]) => text !== undefined && text.length <= LONGEST));
  if (Object.keys(values).length === 0) return [];
  return [{ key: PREFIX + id, value: Buffer.from(JSON.stringify({ at, values })) }];
}

function readNote(value: Uint8Array): z.output<typeof note> | undefined {
  return note.safeParse(parseJson(Buffer.from(value).toString('utf8'))).data;
}
