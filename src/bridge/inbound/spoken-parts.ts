/** A customer's message as the events that show it, in their order: the words, the files, what else it holds. */
import type { EventId, UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import { ok } from '../../core/result.ts';
import type { FilePart, FilesToShow, MessageFiles } from '../files/message-files.ts';
import type { InboundPart } from './inbound-parts.ts';

/** `make` is asked only when the event isn't in the room yet. */
export type SpokenPart = FilePart;

interface Files {
  readonly toShow: FilesToShow;
  readonly show: Pick<MessageFiles, 'parts' | 'takesCaption'>;
  readonly as: UserId;
}

export function spokenParts(parts: readonly InboundPart[], files: Files | undefined): readonly SpokenPart[] {
  if (files === undefined) return parts.map(ready);
  const { toShow, show, as } = files;
  const words = parts.filter(({ part }) => part.startsWith('text'));
  const others = parts.filter(({ part }) => !part.startsWith('text'));
  const [first] = words;
  if (first !== undefined && words.length === 1 && show.takesCaption(toShow)) {
    const captioned = show.parts(toShow, { as, caption: captionOf(first.content) });
    return [...captioned, ...others.map(ready)];
  }
  return [...words.map(ready), ...show.parts(toShow, { as }), ...others.map(ready)];
}

/** The same part as a reply to `event`. */
export function answering(event: EventId, { part, make }: SpokenPart): SpokenPart {
  const relation = { 'm.relates_to': { 'm.in_reply_to': { event_id: event } } };
  return {
    part,
    make: async () => {
      const made = await make();
      return made.ok ? ok({ ...made.value, content: { ...made.value.content, ...relation } }) : made;
    },
  };
}

/** Its words, their form, and what they answer. */
function captionOf(content: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(content).filter(([key]) => key !== 'msgtype'));
}

function ready({ part, content }: InboundPart): SpokenPart {
  return { part, make: () => Promise.resolve(ok({ type: 'm.room.message' as const, content })) };
}
