/** `policy.unmasked-told`: the other officers are told who was shown which record with its numbers, and why; never the numbers. */
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Position } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { TaskHandler } from '../../tasks/task.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { cardContent } from './card-words.ts';
import { personShown } from './ended-words.ts';
import { maskedText } from './masked-text.ts';
import { oneLine } from '../quote.ts';
import { grouped } from './shown-time.ts';

export interface UnmaskedToldDeps {
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'compliance'>;
  readonly desks: readonly Desk[];
}

export function unmaskedToldTask({ homeserver, desks }: UnmaskedToldDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'policy.unmasked') return { to: 'done' };
    const { of, also = [], desk: at, room, by, reason } = entry.body;
    const others = desks.find(({ id }) => id === at)?.officers.filter((officer) => officer !== by) ?? [];
    if (others.length === 0) return { to: 'done' };
    const words = maskedText(oneLine(reason), []);
    const text = `${personShown(by)} was shown ${recordsWords([...also, of])} numbers: ${words}`;
    const content = cardContent(text, others, [of, ...also]);
    const message = { as: homeserver.compliance, room, source: entry.position, type: 'm.room.message', content };
    const sent = await sendOnce(homeserver, { ...message, part: 'unmasked' }, context.mayRepeat || task.attempts > 0);
    return sent.ok ? { to: 'done' } : turnAfter(sent.error);
  };
}

function recordsWords(positions: readonly Position[]): string {
  const [first, ...more] = positions.map(grouped);
  const last = more.pop();
  if (last === undefined) return `record ${first ?? ''} with its`;
  return `records ${[first, ...more].join(', ')} and ${last} with their`;
}
