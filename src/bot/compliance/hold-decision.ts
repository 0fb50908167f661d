/** What comes of an officer's word about a hold: by `!c hold release`, or by a tap on the card of a release. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { EventId, Millis, RoomId, UserId } from '../../core/ids.ts';
import type { Role } from '../../core/line.ts';
import type { Hold } from '../../retention/holds/hold-store.ts';
import type { HoldWord } from '../../retention/holds/releasing.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskContext, Holds } from './desk-context.ts';
import { endedReleaseWords } from './hold-words.ts';
import { clockTime } from './shown-time.ts';

interface Zone {
  readonly timezone: string;
  readonly now: Millis;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export function releaseAnswer(hold: Hold, holds: Holds, context: DeskContext): Promise<Answer> {
  const { message, desk, clock } = context;
  const { sender: by, event, room, at } = message;
  const word = { says: 'release', placed: hold.placed, by, event, room, at } as const;
  return said(hold, word, holds, { timezone: desk.timezone, now: clock.now() });
}

export interface ReleaseWish extends Zone {
  readonly says: 'yes' | 'no';
  readonly request: EntryOf<'hold.release-requested'>;
  readonly by: UserId;
  /** The tap. */
  readonly event: EventId;
  readonly room: RoomId;
  readonly at: Millis;
  readonly role: Role | undefined;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export async function decideRelease(holds: Holds, wish: ReleaseWish): Promise<Answer> {
  const { says, request, by, event, room, at, role } = wish;
  const { placed } = request.body;
  if (role !== 'officer') return refused('denied', 'Nothing was done: officers decide about holds.');
  const hold = await holds.placedAt(placed);
  if (hold === undefined) return refused('not-found', "There's no such hold any more.");
  return said(hold, { says, placed, by, event, room, at }, holds, wish);
}

async function said(hold: Hold, word: HoldWord, holds: Holds, zone: Zone): Promise<Answer> {
  const { hold: name, placed } = hold;
  const more = { data: { hold: name }, positions: [placed] };
  const came = await holds.say(word);
  switch (came.is) {
    case 'released':
      return answered(`${name} is released: its records go when their time is over.`, more);
    case 'asked':
      return answered(`${name} stands until a second officer taps ✅.`, { ...more, code: 'pending' });
    case 'refused':
      return answered(`${name} stands on.`, more);
    case 'own':
      return refused('failed', `Nothing was done: you asked for it, so another officer has to agree.`, more);
    case 'over':
      return refused('failed', `Nothing was done: ${name} was already ${overWords(came.by, zone)}.`, more);
    case 'none':
      return refused('not-found', `There's no hold ${name}.`);
  }
}

function overWords(by: Entry, { timezone, now }: Zone): string {
  const time = (at: Millis): string => clockTime(at, timezone, now);
  if (by.kind === 'hold.released' || by.kind === 'hold.release-requested') return endedReleaseWords(by, time);
  return 'decided about';
}
