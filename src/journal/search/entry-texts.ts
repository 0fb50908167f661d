/** What of an entry a search reads, and what kind of record it is to a person who searches. */
import type { Entry, EntryOf, MatrixEvent } from '../../core/entry.ts';
import type { MessageContent } from '../../core/network-entries.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

const ATTACHMENTS = new Set(['m.image', 'm.file', 'm.audio', 'm.video']);
const LINK = /\bhttps?:\/\/\S|\bwww\.\S+\.\S/iu;
/** Local users of our own (DESIGN 9): what they say quotes records, and is found under kind: only. */
const OUR_BOTS = /^@(?:gatehouse|compliance|archivist|_gatehouse_bridge|_gatehouse_archive):/u;

/** The texts of `entry` as its sender wrote them; none of an entry that only shows another. */
export function textsOf(entry: Entry): readonly string[] {
  if (entry.source.echoOf !== undefined) return [];
  switch (entry.kind) {
    case 'matrix.event':
      return textsOfEvent(entry.body);
    case 'network.message':
    case 'network.edit':
      return textsOfNetwork(entry.body);
    case 'portal.wanted':
      return entry.body.text === undefined ? [] : [entry.body.text];
    case 'policy.refused': {
      const content = entry.body.event?.['content'];
      return isJsonObject(content) ? [...textsOfContent(content), ...textsOfContent(content['m.new_content'])] : [];
    }
    default:
      return [];
  }
}

/** The words, and what else of it people would look for. */
function textsOfNetwork({ text, attachments = [], location, contacts = [], unsupported }: MessageContent): string[] {
  const files = attachments.map(({ name }) => name);
  const cards = contacts.flatMap(({ name, organisation, phones }) => [name, organisation, ...phones]);
  const said = [text, unsupported, location?.name, location?.address, ...files, ...cards];
  return [...new Set(said.filter((one) => one !== undefined))];
}

/** An edit's `body` repeats the new text behind an asterisk for old clients: the new content alone counts. */
function textsOfEvent(event: MatrixEvent): readonly string[] {
  return textsOfContent(newContent(event) ?? event.content);
}

function textsOfContent(content: Json | undefined): readonly string[] {
  if (!isJsonObject(content)) return [];
  const said = [content['body'], content['filename'], content['name'], content['topic']];
  return [...new Set(said.filter((text) => typeof text === 'string'))];
}

function newContent(event: MatrixEvent): JsonObject | undefined {
  const replaced = event.content['m.new_content'];
  return isEdit(event) && isJsonObject(replaced) ? replaced : undefined;
}

function isEdit(event: MatrixEvent): boolean {
  const relation = event.content['m.relates_to'];
  return isJsonObject(relation) && relation['rel_type'] === 'm.replace';
}

/** Whether people mean this record when they search without `kind:`: something that somebody said to somebody. */
export function isMessage(entry: Entry): boolean {
  if (entry.source.echoOf !== undefined) return false;
  if (entry.kind === 'network.message' || entry.kind === 'network.edit') return true;
  // The words of a ready text stand nowhere else: whoever sent it wrote its name.
  if (entry.kind === 'portal.wanted') return entry.body.template !== undefined;
  return entry.kind === 'matrix.event' && entry.body.type === 'm.room.message' && !isSaidByUs(entry);
}

/** What somebody wanted to say, and was refused before it was said. */
export function isRefusedMessage(entry: Entry): boolean {
  return entry.kind === 'policy.refused' && !entry.body.shadow && entry.body.event?.['type'] === 'm.room.message';
}

function isSaidByUs(entry: EntryOf<'matrix.event'>): boolean {
  // Fetched, and no echo of anything here: after a restore this is all that is left of what the customer said.
  const allThatIsLeft = entry.source.late !== undefined && entry.source.echoOf === undefined;
  if (entry.direction === 'inbound') return !allThatIsLeft;
  return entry.direction === 'internal' && OUR_BOTS.test(entry.body.sender);
}

export type Has = 'attachment' | 'link';
export type Is = 'edited' | 'deleted';

export function has(entry: Entry, what: Has): boolean {
  if (what === 'link') return textsOf(entry).some((text) => LINK.test(text));
  if (entry.kind === 'network.message' || entry.kind === 'network.edit')
    return (entry.body.attachments ?? []).length > 0;
  if (entry.kind !== 'matrix.event') return false;
  const { type, content } = entry.body;
  const kind = (newContent(entry.body) ?? content)['msgtype'];
  return type === 'm.sticker' || (type === 'm.room.message' && typeof kind === 'string' && ATTACHMENTS.has(kind));
}

/**
 * As far as an entry knows by itself: the record of the edit or of the deletion, whoever's. For the index, whose tokens
 * are those of the day when they were written.
 */
export function is(entry: Entry, what: Is): boolean {
  if (entry.kind === 'network.edit') return what === 'edited';
  if (entry.kind === 'network.redaction') return what === 'deleted';
  if (entry.kind !== 'matrix.event') return false;
  return what === 'edited' ? isEdit(entry.body) : entry.body.type === 'm.room.redaction';
}

/** A deletion by a person: what our bots take back is marks and answers of their own. */
export function isDeletionByPerson(entry: Entry): boolean {
  if (entry.kind === 'network.redaction') return true;
  return is(entry, 'deleted') && entry.kind === 'matrix.event' && !OUR_BOTS.test(entry.body.sender);
}
