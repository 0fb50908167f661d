/** One Signal message and what it turns out to be: words, an edit, a deletion, a reaction, or the network's own. */
import { parseAddress, type Address, type Millis, type RemoteId } from '../../core/ids.ts';
import { endsOf, type Ends, type Group, type NetworkMessage } from '../../core/network-entries.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { contentOf, quotedText } from './content.ts';
import type { FilePlace } from './file-ref.ts';
import { remoteIdOf, type Edits } from './message-ids.ts';
import type { Named, People, Person } from './people.ts';
import { serviceWords } from './service-words.ts';
import type { GroupLook, Step } from './steps.ts';
import type { WireData } from './wire.ts';

/** Who wrote what, in which account. */
export interface Written {
  readonly line: Address;
  readonly at: Millis;
  readonly raw: Uint8Array;
  /** On another device of the company's. */
  readonly own: boolean;
  readonly writer: Person;
  /** The recipient; undefined where it is a group's alone. */
  readonly to: Address | undefined;
  readonly data: WireData;
  /** The time of the message that this replaces. */
  readonly edits?: number;
}

export interface Known {
  readonly people: People;
  readonly edits: Edits;
  readonly groups: GroupLook;
}

/** All that is said of one. */
interface Saying {
  readonly written: Written;
  readonly ends: Ends;
  readonly known: Known;
}

export async function messageSteps(written: Written, known: Known): Promise<readonly Step[]> {
  const ends = await endsOfWritten(written, known.groups);
  if (ends === undefined) return [event(written, { kind: 'unsupported', what: 'a note to oneself' })];
  const saying = { written, ends, known };
  const renamed = renamedGroup(saying);
  const said = await saidBy(saying);
  return [...renamed, said];
}

type Bare<T> = T extends unknown ? Omit<T, 'id' | 'sure' | 'at' | 'raw'> : never;

function event(written: Written, bare: Bare<NetworkEvent>, suffix = ''): Step {
  const { line, writer, data, at, raw } = written;
  const id = `${line}/${writer.author}/${String(data.timestamp)}${suffix}`;
  return { kind: 'event', event: { ...bare, id, sure: true, at, raw } };
}

async function endsOfWritten(written: Written, groups: GroupLook): Promise<Ends | undefined> {
  const { line, own, writer, to, data } = written;
  const { groupInfo } = data;
  const own_ = own ? { own: true } : {};
  if (groupInfo !== undefined) {
    const group = await groupOf(line, groupInfo, groups);
    if (group !== undefined) return { from: writer.address, to: own ? group.id : line, ...own_, group };
  }
  if (to === undefined || (own && to === line)) return undefined;
  return { from: writer.address, to, ...own_ };
}

async function groupOf(
  line: Address,
  info: NonNullable<WireData['groupInfo']>,
  groups: GroupLook,
): Promise<Group | undefined> {
  const id = parseAddress(info.groupId);
  if (!id.ok) return undefined;
  const known = await groups(line, info.groupId, info.revision);
  const name = info.groupName ?? known?.name;
  return { ...known, id: id.value, ...(name === undefined ? {} : { name }) };
}

function renamedGroup({ written, ends }: Saying): readonly Step[] {
  const { group } = ends;
  const { groupInfo } = written.data;
  if (group?.name === undefined || groupInfo?.type !== 'UPDATE') return [];
  const chat = { line: written.line, chat: group.id, name: group.name };
  return [event(written, { kind: 'chat', chat }, '/name')];
}

async function saidBy(saying: Saying): Promise<Step> {
  const { written } = saying;
  const { remoteDelete, adminDelete, reaction } = written.data;
  if (remoteDelete !== undefined) return deleted(saying, remoteDelete.timestamp, written.writer);
  if (adminDelete !== undefined) {
    return deleted(saying, adminDelete.targetSentTimestamp, await targetOf(saying, adminDelete));
  }
  if (reaction !== undefined) return reacted(saying, reaction);
  return written.edits === undefined ? message(saying) : edited(saying, written.edits);
}

async function message(saying: Saying): Promise<Step> {
  const { written, ends, known } = saying;
  const { line, writer, data } = written;
  const service = serviceWords(data);
  const content =
    service === undefined
      ? await contentOf(data, placeOf(written, ends), known.people)
      : { text: service, service: true };
  if (isEmpty(content)) return event(written, { kind: 'unsupported', what: 'a message without words', ...sides(ends) });
  const expiresInMs = (data.expiresInSeconds ?? 0) * 1_000;
  const said: Omit<NetworkMessage, 'connector' | 'network'> = {
    ...ends,
    ...content,
    ...(writer.name === undefined ? {} : { fromName: writer.name }),
    ...named('remoteId', remoteIdOf({ line, author: writer.author, sentAt: data.timestamp })),
    ...(await repliedTo(saying)),
    ...(expiresInMs > 0 ? { expiresInMs } : {}),
  };
  return event(written, { kind: 'message', message: said });
}

function placeOf({ line }: Written, ends: Ends): FilePlace {
  return { line, chat: endsOf(ends).chat };
}

function isEmpty(content: object): boolean {
  return Object.keys(content).length === 1 && 'text' in content && content.text === '';
}

function sides({ from, to }: Ends): { readonly from: Address; readonly to: Address } {
  return { from, to };
}

function named<K extends string>(key: K, id: RemoteId | undefined): Partial<Record<K, RemoteId>> {
  const record: Partial<Record<K, RemoteId>> = {};
  if (id !== undefined) record[key] = id;
  return record;
}

async function deleted({ written, ends, known }: Saying, sentAt: number, by: Pick<Person, 'author'>): Promise<Step> {
  const target = remoteIdOf(await known.edits.original({ line: written.line, author: by.author, sentAt }));
  if (target === undefined) return noTarget(written, ends);
  return event(written, { kind: 'redaction', redaction: { ...ends, targets: [target] } });
}

async function reacted(saying: Saying, reaction: NonNullable<WireData['reaction']>): Promise<Step> {
  const { written, ends, known } = saying;
  const { author } = await targetOf(saying, reaction);
  const sentAt = reaction.targetSentTimestamp;
  const target = remoteIdOf(await known.edits.original({ line: written.line, author, sentAt }));
  if (target === undefined) return noTarget(written, ends);
  const keys = reaction.isRemove || reaction.emoji === '' ? [] : [reaction.emoji];
  return event(written, { kind: 'reaction', reaction: { ...ends, target, keys } });
}

async function edited({ written, ends, known }: Saying, sentAt: number): Promise<Step> {
  const { line, writer, data } = written;
  const original = await known.edits.original({ line, author: writer.author, sentAt });
  const target = remoteIdOf(original);
  if (target === undefined) return noTarget(written, ends);
  known.edits.note(original, data.timestamp);
  const content = await contentOf(data, placeOf(written, ends), known.people);
  return event(written, { kind: 'edit', edit: { ...ends, ...content, target } });
}

function noTarget(written: Written, ends: Ends): Step {
  return event(written, { kind: 'unsupported', what: 'a change to a message that it does not name', ...sides(ends) });
}

interface Target {
  readonly targetAuthor?: string | undefined;
  readonly targetAuthorNumber?: string | undefined;
  readonly targetAuthorUuid?: string | undefined;
}

function targetOf(saying: Saying, target: Target): Promise<Pick<Person, 'author'>> {
  const { targetAuthorNumber: number, targetAuthorUuid: uuid, targetAuthor: legacy } = target;
  return authorOf(saying, { number, uuid, legacy });
}

/** In a chat of two there are two who can have written it, and we may not know our own uuid. */
async function authorOf({ written, ends, known }: Saying, who: Named): Promise<Pick<Person, 'author'>> {
  const { line, own, writer } = written;
  const person = await known.people.of(who);
  const other = own ? ends.to : writer.address;
  if (person === undefined || person.address === line) return { author: line };
  return ends.group === undefined && person.address !== other ? { author: line } : person;
}

async function repliedTo(saying: Saying): Promise<Pick<NetworkMessage, 'replyTo'>> {
  const { written, known } = saying;
  const { quote } = written.data;
  if (quote === undefined) return {};
  const { author } = await authorOf(saying, {
    number: quote.authorNumber,
    uuid: quote.authorUuid,
    legacy: quote.author,
  });
  const id = remoteIdOf(await known.edits.original({ line: written.line, author, sentAt: quote.id }));
  if (id === undefined) return {};
  const text = await quotedText(quote, known.people);
  return { replyTo: { id, ...(text === undefined ? {} : { text }) } };
}
