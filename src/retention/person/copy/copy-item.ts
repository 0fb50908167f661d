/** One record as the person's copy has it: what it is, by whom, what was said, without what is other people's. */
import { withoutQuote } from '../../../core/command-text.ts';
import type { Entry, EntryKind, EntryOf } from '../../../core/entry.ts';
import type { LineId, Position } from '../../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../../core/json.ts';
import { networkName } from '../../../core/address.ts';
import { AUTOMATIC, YOU, type WhoIsWho } from './copy-people.ts';
import type { TextMask } from './copy-text.ts';

/** `technical`: it says nothing to people that another record doesn't say; it stands in the file for programs alone. */
export type CopyWhat = 'message' | 'file' | 'note' | 'technical';

export interface CopyItem {
  readonly record: Position;
  readonly kind: EntryKind;
  readonly what: CopyWhat;
  /** ISO 8601, UTC: when it happened, by its sender's clock, and when it was recorded. */
  readonly at: string;
  readonly recorded: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly network?: string | undefined;
  readonly line?: LineId | undefined;
  /** What it is, in words, where it says nothing itself. */
  readonly note?: string | undefined;
  readonly text?: string | undefined;
  readonly file?: JsonObject | undefined;
  /** The record that it is about. */
  readonly about?: Position | undefined;
  /** It has words of somebody else, which are left out. */
  readonly leftOut?: true | undefined;
  /** How many places of it are not shown. */
  readonly masked: number;
}

export interface ItemDeps {
  readonly who: WhoIsWho;
  readonly mask: TextMask;
}

/** Of a text, in UTF-16 units: more than any network or homeserver lets through. */
const LONGEST = 65_536;

export async function copyItem(entry: Entry, deps: ItemDeps): Promise<CopyItem> {
  const { who } = deps;
  const { position, kind, line, at, recordedAt } = entry;
  const said = await wordsOf(entry, deps);
  return {
    ...{ record: position, kind, what: whatOf(entry, who), line, note: noteOf(entry, who) },
    ...{ at: new Date(at).toISOString(), recorded: new Date(recordedAt).toISOString() },
    ...{ from: who.author(entry), to: who.reader(entry), network: networkOf(entry), about: aboutOf(entry) },
    ...said,
  };
}

const SAYING: ReadonlySet<EntryKind> = new Set(['network.message', 'network.edit', 'policy.refused'] as const);

function whatOf(entry: Entry, who: WhoIsWho): CopyWhat {
  if (entry.source.echoOf !== undefined) return 'technical';
  if (SAYING.has(entry.kind)) return 'message';
  switch (entry.kind) {
    case 'file.stored':
    case 'file.missing':
      return 'file';
    case 'portal.wanted':
      return entry.body.text === undefined ? 'note' : 'message';
    case 'matrix.event':
      return eventWhat(entry, who);
    case 'delivery.attempt':
      return 'technical';
    default:
      return 'note';
  }
}

/** What the house sets and marks in a room by itself is technical. */
function eventWhat(entry: EntryOf<'matrix.event'>, who: WhoIsWho): CopyWhat {
  const { type, state_key, content } = entry.body;
  if (state_key === undefined && eventText({ content }) !== undefined) return 'message';
  if (type === 'm.room.member') return 'note';
  return state_key !== undefined || who.author(entry) === AUTOMATIC ? 'technical' : 'note';
}

type Said = Pick<CopyItem, 'text' | 'file' | 'leftOut' | 'masked'>;

async function wordsOf(entry: Entry, { who, mask }: ItemDeps): Promise<Said> {
  if (entry.source.echoOf !== undefined) return { masked: 0 };
  if (entry.kind === 'file.stored' || entry.kind === 'file.missing') return fileOf(entry, who, mask);
  const text = textOf(entry)?.slice(0, LONGEST);
  if (text === undefined || text === '') return { masked: 0 };
  if (who.isFromOutside(entry)) return { text, masked: 0 };
  return mayBeRead(entry, who) ? mask.masked(text) : { leftOut: true, masked: 1 };
}

/** What staff who ask wrote for the company; and what its people wrote to a person who asks, or about them. */
function mayBeRead(entry: Entry, who: WhoIsWho): boolean {
  const author = who.author(entry);
  if (author === YOU) return true;
  const isCompanys = author === undefined || author === AUTOMATIC || author.startsWith('Staff ');
  return isCompanys && who.isAbout(entry);
}

function textOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'network.message':
    case 'network.edit':
    case 'portal.wanted':
    case 'delivery.attempt':
      return entry.body.text;
    case 'contact.changed':
    case 'ghost.made':
      return entry.body.name;
    case 'matrix.event':
      return eventText(entry.body);
    case 'policy.refused':
      return entry.body.event === undefined ? undefined : eventText({ content: entry.body.event['content'] });
    default:
      return undefined;
  }
}

/** An edit's text is the new one; what a reply quotes is a record of its own. */
function eventText({ content }: { readonly content: unknown }): string | undefined {
  if (!isJsonObject(content)) return undefined;
  const replaced = content['m.new_content'];
  const { body } = isJsonObject(replaced) ? replaced : content;
  return typeof body === 'string' ? withoutQuote(body) : undefined;
}

async function fileOf(
  entry: EntryOf<'file.stored'> | EntryOf<'file.missing'>,
  who: WhoIsWho,
  mask: TextMask,
): Promise<Said> {
  const { name } = entry.body;
  const known = name === undefined ? undefined : await mask.masked(name);
  const isReadable = who.isAbout(entry);
  const called = known === undefined || !isReadable ? {} : { name: known.text };
  const masked = isReadable ? (known?.masked ?? 0) : name === undefined ? 0 : 1;
  if (entry.kind === 'file.missing') return { file: { ...called, missing: entry.body.why }, masked };
  const { type, size, sha256 } = entry.body;
  return { file: { ...called, type, size, sha256 }, masked };
}

function networkOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'network.message':
    case 'network.edit':
    case 'network.redaction':
    case 'network.reaction':
    case 'network.consent':
    case 'network.receipt':
    case 'portal.wanted':
    case 'portal.opened':
    case 'ghost.made':
      return networkName(entry.body.network);
    default:
      return undefined;
  }
}

/** What is about one other record says so by `of`. */
function aboutOf({ source, body }: Entry): Position | undefined {
  return source.echoOf ?? ('of' in body ? body.of : undefined);
}

const NOTES: Readonly<Partial<Record<EntryKind, string>>> = {
  'network.edit': 'a message that was changed',
  'network.redaction': 'a message that was taken back',
  'network.chat': 'the network told your name, another address of yours, or the name of a group',
  'portal.wanted': 'a chat with you was asked for',
  'portal.opened': 'a chat with you was opened',
  'portal.moved': 'the chat with you moved to another room',
  'portal.closed': 'the chat with you was closed',
  'line.assigned': 'somebody was made responsible for the chat with you',
  'ghost.made': 'your name, as our staff see it',
  'contact.changed': 'the name by which our staff know you',
  'delivery.attempt': 'handed over for sending',
  'delivery.retry': 'asked to be sent again',
  'delivery.abandoned': 'given up: it was not sent',
  'policy.verdict': 'looked at by automatic rules',
  'policy.refused': 'not let through by automatic rules',
  'policy.approved': 'let through by a person',
  'policy.rejected': 'not let through by a person',
  'policy.expired': 'not let through: nobody decided in time',
  'policy.redacted': 'hidden by automatic rules',
  'file.missing': 'a file that could not be had',
};

function noteOf(entry: Entry, who: WhoIsWho): string | undefined {
  if (entry.source.echoOf !== undefined) return 'the same, as our staff see it';
  switch (entry.kind) {
    case 'delivery.outcome':
      return `sending it: ${entry.body.state}`;
    case 'network.receipt':
      return `the network says: ${entry.body.state}`;
    case 'matrix.event':
      return eventNote(entry.body, who);
    case 'network.reaction':
      return `a reaction: ${entry.body.keys.join(' ')}`;
    case 'network.consent':
      return `the network says: ${entry.body.action}`;
    case 'network.message':
    case 'file.stored':
      return undefined;
    default:
      return NOTES[entry.kind] ?? entry.kind;
  }
}

function eventNote({ type, content, state_key }: EntryOf<'matrix.event'>['body'], who: WhoIsWho): string | undefined {
  switch (type) {
    case 'm.room.message':
      return isJsonObject(content['m.new_content']) ? 'changed what was written before' : undefined;
    case 'm.reaction':
      return 'a reaction';
    case 'm.room.redaction':
      return 'took back what was written before';
    case 'm.room.member':
      return memberNote(state_key === undefined ? undefined : who.called(state_key), content['membership']);
    default:
      return state_key === undefined ? 'an event of the chat' : 'a setting of the chat';
  }
}

const MEMBERSHIPS: Readonly<Record<string, string>> = {
  join: 'in the chat',
  leave: 'left the chat',
  invite: 'invited to the chat',
  ban: 'removed from the chat',
};

function memberNote(called: string | undefined, membership: unknown): string {
  const what = typeof membership === 'string' ? MEMBERSHIPS[membership] : undefined;
  return `${called ?? 'somebody'}: ${what ?? 'a change in the chat'}`;
}
