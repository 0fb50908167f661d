/** Reads an update as the connector does, for a bot with one connected account. */
import { must, parseAddress, parseMillis } from '../../../../src/core/ids.ts';
import type { NetworkEvent } from '../../../../src/core/ports/connector.ts';
import { eventsOf, updateOf } from '../../../../src/networks/telegram/decode.ts';
import type { Account } from '../../../../src/networks/telegram/known.ts';

export const line = must(parseAddress('@acmebot'));
export const account: Account = {
  connection: 'bc1',
  user: 900,
  line: must(parseAddress('@olga')),
  name: 'Olga',
  enabled: true,
  mayReply: true,
  mayRead: true,
  mayDelete: true,
};
export const heard = must(parseMillis(1_800_000_000_000));

export function read(update: object, editedByUs = ''): readonly NetworkEvent[] {
  const raw = Buffer.from(JSON.stringify(update));
  const found = updateOf(raw);
  if (found === undefined) throw new Error('no update');
  return eventsOf(
    found,
    {
      bot: { id: 42, line },
      account: (id) => (id === account.connection ? account : undefined),
      topic: undefined,
      editedByUs: (_, text) => text === editedByUs,
    },
    heard,
  );
}

/** The one event of it. */
export function one(update: object, editedByUs = ''): NetworkEvent {
  const events = read(update, editedByUs);
  const [event] = events;
  if (event === undefined || events.length > 1) throw new Error(`${String(events.length)} events`);
  return event;
}
