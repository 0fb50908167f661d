/** A record with a run asked for over it: what is due, what is under hold, what speaks of what, what is young. Or with a person who wants to be erased. */
import { must, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { Draft } from '../../../src/core/entry.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import { holdOn } from '../../support/holds.ts';
import { DAY_MS, keptClass, olivia, omar, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

/** More than two chunks of a walk. */
const MESSAGES = 2_200;
const AT_ONCE = 100;
/** Every so many-th is Bob's, who is under hold. */
const HELD = 10;
/** Every so many-th changes the one before it. */
const EDITED = 7;
const YOUNG = 50;
/** Messages where a person is erased. */
const THEIRS = 400;
const carol = must(parseUserId('@carol:acme.example'));
const room = must(parseRoomId('!deals:acme.example'));
export const NOW = START + 20 * DAY_MS;

/** What there was before the run; closed again. */
export async function recorded(place: Place): Promise<void> {
  const clock = new SetClock(START);
  const house = await RetentionHouse.open({ clock, place });
  await house.classes([keptClass('usual', 10, 10)], 'usual');
  await fill(house, 0, MESSAGES);
  clock.set(NOW);
  await fill(house, MESSAGES, YOUNG);
  await house.test.journal.append([await holdOn('bob', 'user:@bob', [])]);
  await house.preview();
  await house.arm();
  await house.run();
  await house.stop();
}

/** Of the same people: Carol's erasure is decided, Bob's messages are held. */
export async function asked(place: Place): Promise<void> {
  const house = await RetentionHouse.open({ clock: new SetClock(NOW), place });
  await house.classes([{ ...keptClass('usual', 10, 10), own: true }], 'usual');
  await fill(house, 0, THEIRS);
  await house.test.journal.append([await holdOn('bob', 'user:@bob', [])]);
  house.start();
  const at = { by: olivia, room, event: must(parseEventId('$asked')) };
  const subject = { contacts: [], users: [carol] };
  const due = must(parseMillis(NOW + 30 * DAY_MS));
  const request = await house.append('dsar.opened', { subject, wants: 'erase', due, by: olivia, at });
  await house.idle();
  const look = (await house.of('dsar.looked'))[0]?.position;
  if (look === undefined) throw new Error('nobody has looked');
  const run = await house.append('dsar.run-requested', { request, look, by: olivia, at });
  // Whoever lives next begins it.
  await house.halt();
  await house.append('dsar.decided', { request, asked: run, by: olivia, approvedBy: omar });
  await house.stop();
}

async function fill(house: RetentionHouse, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += AT_ONCE) {
    const size = Math.min(AT_ONCE, from + count - n);
    await house.test.journal.append(Array.from({ length: size }, (_, i) => message(n + i, house.clock.now())));
  }
}

function message(n: number, now: number): Draft {
  const id = must(parseEventId(`$m${String(n)}`));
  const sender = must(parseUserId(n % HELD === 0 ? '@bob:acme.example' : '@carol:acme.example'));
  const at = must(parseMillis(now));
  const changes =
    n % EDITED === 0 && n > 0 ? { 'm.relates_to': { rel_type: 'm.replace', event_id: `$m${String(n - 1)}` } } : {};
  return {
    kind: 'matrix.event',
    ...{ at, actor: sender, room, direction: 'internal' },
    source: { system: 'matrix', id, sure: true },
    body: {
      ...{ event_id: id, type: 'm.room.message', room_id: room, sender, origin_server_ts: at },
      content: { msgtype: 'm.text', body: `this is message ${String(n)}`, ...changes },
    },
  };
}

/** One life of the run: begins it, or goes on with it. */
export async function live(place: Place, began: () => void): Promise<RetentionHouse> {
  const house = await RetentionHouse.open({ clock: new SetClock(NOW), place });
  house.start();
  began();
  await house.idle();
  return house;
}
