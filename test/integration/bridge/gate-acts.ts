/** What happens to a message at the gate, for tests of the bridge: who writes it, and how it is decided. */
import type { Draft, EntryOf } from '../../../src/core/entry.ts';
import { after, type Position, type RoomId } from '../../../src/core/ids.ts';
import { eventDraft, user } from './fake-homeserver.ts';
import { alice, openHouse, type House } from './house.ts';

export const olivia = user('olivia');
type Verdict = EntryOf<'policy.verdict'>;

export const WORDS =
  'Quarantined: looks like a payment card number (ends 1111). Compliance has been asked; your next messages go out meanwhile. Delete it to withdraw it.';

/** What fails waits before it is tried again: a gate that fails for ever is asked no more in this life. */
const jitter = (): number => 0.5;

/** A house with rules. */
export function judgedHouse(): Promise<House> {
  return openHouse({ judged: true }, undefined, jitter);
}

/** Its one open chat. */
export async function chatIn(house: House): Promise<RoomId> {
  await house.receive('Hi, how do I pay?');
  const [opened] = await house.entries('portal.opened');
  if (opened === undefined) throw new Error('no portal was opened');
  return opened.body.room;
}

/** The same house after a kill; it is the caller's to stop. */
export async function reopened(house: House): Promise<House> {
  await house.stop();
  const { clock, homeserver, network, test } = house;
  return openHouse({ place: test.place, homeserver, network, clock, judged: true }, undefined, jitter);
}

export async function verdictOf(house: House, of: Position): Promise<Verdict> {
  const found = (await house.entries('policy.verdict')).findLast((one) => one.body.of === of);
  if (found === undefined) throw new Error('no verdict');
  return found;
}

export type Decision = 'approved' | 'rejected' | 'expired' | 'overridden';

export function decisionDraft(
  how: Decision,
  { body, position: verdict }: Verdict,
  house: Pick<House, 'clock'>,
  note?: string,
): Draft {
  const at = house.clock.now();
  const source = { system: 'gatehouse', id: `${how}/${String(verdict)}`, sure: true };
  const { of, content } = body;
  const by = how === 'overridden' ? alice : olivia;
  switch (how) {
    case 'expired':
      return { kind: 'policy.expired', at, source, body: { of, verdict } };
    case 'overridden': {
      const until = after(at, 300_000);
      const reason = 'she asked for it';
      return { kind: 'policy.overridden', at, source, body: { of: verdict, message: of, content, by, reason, until } };
    }
    default: {
      const noted = note === undefined ? {} : { note };
      return { kind: `policy.${how}`, at, source, body: { of, verdict, content, by, ...noted } };
    }
  }
}

/** On record, and nothing else yet. */
export async function decide(house: House, of: Position, hows: readonly Decision[], note?: string): Promise<void> {
  const verdict = await verdictOf(house, of);
  for (const how of hows) await house.test.journal.append([decisionDraft(how, verdict, house, note)]);
}

export function editOf(event: string, text: string): object {
  return {
    'm.new_content': { msgtype: 'm.text', body: text },
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  };
}

/** Its sender changes it, and the record has that before anything else happens. */
export async function editAtOnce(house: House, { room_id: room, event_id }: Written, text: string): Promise<void> {
  const content = { msgtype: 'm.text', body: `* ${text}`, ...editOf(event_id, text) };
  const event = house.homeserver.write(alice, room, { content });
  await house.test.journal.append([eventDraft(event)]);
}

export async function deleteAtOnce(house: House, { room_id: room, event_id: redacts }: Written): Promise<void> {
  const event = house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts });
  await house.test.journal.append([eventDraft(event)]);
}

type Written = EntryOf<'matrix.event'>['body'];

export function texts(house: House): readonly string[] {
  return house.network.sent.map(({ text }) => text);
}
