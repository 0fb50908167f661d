/** What comes of an officer's word about having a person's request done: by `!c dsar run`, or by a tap on its card. */
import type { EntryOf } from '../../core/entry.ts';
import type { EventId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { Role } from '../../core/line.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { Said } from '../../retention/person/running.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { Persons } from './desk-context.ts';
import { endedAskWords, type DsarShown } from './dsar-words.ts';

export interface AskWish {
  readonly says: 'yes' | 'no';
  readonly asked: EntryOf<'dsar.run-requested'>;
  readonly by: UserId;
  /** The tap. */
  readonly event: EventId;
  readonly room: RoomId;
  readonly role: Role | undefined;
  readonly shown: DsarShown;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export async function decideAsk(persons: Persons | undefined, wish: AskWish): Promise<Answer> {
  const { says, asked, by, event, room, role, shown } = wish;
  if (persons === undefined) return refused('failed', "Persons' requests are not handled here: the admin can see why.");
  if (role !== 'officer') return refused('denied', "Nothing was done: officers decide about persons' requests.");
  const { request } = asked.body;
  return saidAnswer(request, await persons.decide({ says, request, ask: asked.position, by, event, room }), shown);
}

export function saidAnswer(request: Position, said: Said, shown: DsarShown): Answer {
  const id = itemId(request);
  const more = { data: { request: id, is: said.is }, positions: [request] };
  switch (said.is) {
    case 'decided':
      return answered(`${id} is being done. What comes of it comes to the desk that asked.`, more);
    case 'asked':
      return answered(`A second officer has to agree: ✅ on the card, or !c dsar run ${id}.`, {
        ...more,
        code: 'pending',
      });
    case 'refused':
      return answered(`${id} is not done.`, more);
    case 'own':
      return refused('failed', 'Nothing was done: you asked for it, so another officer has to agree.', more);
    case 'over':
      return refused('failed', `Nothing was done: ${overWords(said.by, shown)}`, more);
    default:
      return nothingSaid(id, said.is);
  }
}

function nothingSaid(id: string, why: 'no-look' | 'doing' | 'answered' | 'none'): Answer {
  switch (why) {
    case 'no-look':
      return refused('failed', `Look first: what is on record for ${id} is still looked through. It comes here.`);
    case 'doing':
      return refused('failed', `${id} is being done already: !c dsar show ${id}`);
    case 'answered':
      return refused('failed', `${id} is answered already. For something new: !c dsar new`);
    case 'none':
      return refused('not-found', `There's no request ${id}. !c dsar show lists them.`);
  }
}

function overWords(by: Extract<Said, { is: 'over' }>['by'], shown: DsarShown): string {
  if (by?.kind === 'dsar.decided' || by?.kind === 'dsar.run-requested') return `${endedAskWords(by, shown)}.`;
  return 'that question is over. Say !c dsar run again.';
}
