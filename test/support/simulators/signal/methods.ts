/**
 * The commands of signal-cli that Gatehouse uses, and what they refuse (man/signal-cli.1 and signal-cli-jsonrpc.5,
 * org.asamk.signal.commands). Parameters that signal-cli does not know are refused here: it would silently ignore them.
 */
import { z } from 'zod';
import { errors } from './errors.ts';
import type { People, SimPerson } from './people.ts';
import { readDataAddress, type SentMessage, type SimFile, type Store } from './store.ts';

/** 64 KiB of UTF-8 (Signal's clients). */
const longestOctets = 65_536;
const largestFile = 100 * 1024 * 1024;

export interface House {
  readonly people: People;
  readonly store: Store;
  readonly accounts: readonly SimPerson[];
  /** A time that no other message of the account has. */
  now(): number;
  /** Set where Signal wants proof that somebody is human. */
  challenge: { readonly token: string; readonly retryAfterSeconds: number } | undefined;
  /** The daemon does not reach Signal's server: `never` before anything was sent, `midway` perhaps after. */
  outage: 'never' | 'midway' | undefined;
  /** Signal knows the account no longer. */
  unregistered: boolean;
}

export interface Command {
  readonly house: House;
  readonly account: SimPerson;
}

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const time = z.int().positive();
const times = z.union([time, z.array(time).min(1)]).transform((value) => [value].flat());
const to = { recipient: oneOrMore.optional(), groupId: oneOrMore.optional() };

const send = z.strictObject({
  ...to,
  message: z.string().optional(),
  attachment: oneOrMore.optional(),
  textStyle: oneOrMore.optional(),
  mention: oneOrMore.optional(),
  quoteTimestamp: time.optional(),
  quoteAuthor: z.string().optional(),
  quoteMessage: z.string().optional(),
  editTimestamp: time.optional(),
});
const reaction = z.strictObject({
  ...to,
  emoji: z.string(),
  targetAuthor: z.string(),
  targetTimestamp: time,
  remove: z.boolean().optional(),
});
const remoteDelete = z.strictObject({ ...to, targetTimestamp: time });
const receipt = z.strictObject({
  recipient: z.string(),
  targetTimestamp: times,
  type: z.enum(['read', 'viewed']).optional(),
});
const typing = z.strictObject({ ...to, stop: z.boolean().optional() });
const listGroups = z.strictObject({ groupId: oneOrMore.optional() });
const attachmentId = z
  .strictObject({ id: z.string(), recipient: z.string().optional(), groupId: z.string().optional() })
  .refine(({ recipient, groupId }) => (recipient === undefined) !== (groupId === undefined), {
    message: 'one of the arguments --recipient -g/--group-id is required',
  });
const sticker = z.strictObject({ packId: z.string().regex(/^[0-9a-f]+$/u), stickerId: z.int().nonnegative() });
const userStatus = z.strictObject({ recipient: oneOrMore.optional(), username: oneOrMore.optional() });

type Method = (command: Command, params: unknown) => unknown;

function method<T>(schema: z.ZodType<T>, run: (command: Command, params: T) => unknown): Method {
  return (command, params) => {
    const parsed = schema.safeParse(params);
    if (!parsed.success) throw errors.badParams(z.prettifyError(parsed.error));
    return run(command, parsed.data);
  };
}

export const methods: Readonly<Record<string, Method>> = {
  send: method(send, sendMessage),
  sendReaction: method(reaction, react),
  remoteDelete: method(remoteDelete, deleteMessage),
  sendReceipt: method(receipt, sendReceipt),
  sendTyping: method(typing, sendTyping),
  listGroups: method(listGroups, groupsOf),
  getAttachment: method(attachmentId, ({ house }, { id }) => fileOf(house, id)),
  getSticker: method(sticker, ({ house }, { packId, stickerId }) => fileOf(house, `${packId}:${String(stickerId)}`)),
  getUserStatus: method(userStatus, statusOf),
};

interface Target {
  readonly recipient?: readonly string[] | undefined;
  readonly groupId?: readonly string[] | undefined;
}

/** Numbers and uuids as they are written; the one whom a command is about. */
function targetOf({ house }: Command, { recipient = [], groupId = [] }: Target): string {
  const all = [...recipient, ...groupId];
  const [first] = all;
  if (first === undefined) throw errors.user('No recipients given');
  if (all.length > 1) throw errors.user('the simulator takes one recipient at a time');
  for (const number of recipient) {
    if (!/^\+[1-9]\d{4,14}$/u.test(number) && !/^[0-9a-f-]{36}$/u.test(number)) {
      throw errors.user(`Invalid phone number '${number}'`);
    }
  }
  for (const id of groupId) if (house.people.group(id) === undefined) throw errors.user(`Group not found: ${id}`);
  return first;
}

function recipientsOf({ house, account }: Command, target: string): readonly (SimPerson | string)[] {
  const group = house.people.group(target);
  if (group !== undefined) return group.members.filter((member) => member !== account);
  return [house.people.find(target) ?? target];
}

/** As `SendMessageResultUtils.outputResult`: an error where nobody has it. */
function outcome(command: Command, target: string, timestamp: number): object {
  const { house } = command;
  if (house.unregistered)
    throw errors.internal('Failed to send message: [401] Authorization failed! (AuthorizationFailedException)');
  if (house.outage === 'never') throw errors.internal('Failed to send message: chat.signal.org (UnknownHostException)');
  const results = recipientsOf(command, target).map((who) => resultFor(house, who));
  const response = { timestamp, results };
  if (results.some(({ type }) => type === 'SUCCESS')) return response;
  if (results.every(({ type }) => type === 'IDENTITY_FAILURE')) throw errors.untrusted({ response });
  if (results.every(({ type }) => type === 'RATE_LIMIT_FAILURE')) throw errors.rateLimit({ response });
  throw errors.user('Failed to send message', { response });
}

function resultFor(house: House, who: SimPerson | string) {
  if (typeof who === 'string') {
    return { recipientAddress: { uuid: null, number: who, username: null }, type: 'UNREGISTERED_FAILURE' };
  }
  const { uuid, number, registered = true, untrusted = false } = who;
  const recipientAddress = { uuid, number, username: null };
  if (!registered) return { recipientAddress, type: 'UNREGISTERED_FAILURE' };
  if (house.outage === 'midway') return { recipientAddress, type: 'NETWORK_FAILURE' };
  if (house.challenge !== undefined) return { recipientAddress, type: 'RATE_LIMIT_FAILURE', ...house.challenge };
  return { recipientAddress, type: untrusted ? 'IDENTITY_FAILURE' : 'SUCCESS' };
}

function sendMessage(command: Command, params: z.output<typeof send>): object {
  const { house, account } = command;
  const target = targetOf(command, params);
  const said = saidBy(command, params);
  const edited = editedBy(command, target, params.editTimestamp);
  const timestamp = house.now();
  const answer = outcome(command, target, timestamp);
  if (edited === undefined) {
    const base = { account: account.number, to: target, sentAt: timestamp, edits: [], deleted: false };
    house.store.sent.push({ ...base, ...said });
  } else {
    edited.text = said.text;
    edited.styles = said.styles;
    edited.mentions = said.mentions;
    edited.edits.push(timestamp);
  }
  return answer;
}

function saidBy(command: Command, params: z.output<typeof send>) {
  const { house } = command;
  const { message: text = '', attachment = [], textStyle: styles = [] } = params;
  if (text === '' && attachment.length === 0) {
    throw errors.user('Sending empty message is not allowed, either a message, attachment or sticker must be given.');
  }
  if (Buffer.byteLength(text) > longestOctets) throw errors.user('the message is longer than 64 KiB');
  for (const style of styles) checkStyle(style, text);
  const quote = quoteOf(house, params);
  return {
    text,
    styles,
    mentions: mentionsIn(command, params),
    files: attachment.map(checkedFile),
    ...(quote === undefined ? {} : { quote }),
  };
}

function editedBy({ house, account }: Command, target: string, sentAt: number | undefined): SentMessage | undefined {
  const edited = sentAt === undefined ? undefined : house.store.find(account.number, sentAt);
  if (sentAt !== undefined && edited?.to !== target) throw errors.user('no message of ours with this timestamp');
  return edited;
}

const STYLES = ['BOLD', 'ITALIC', 'SPOILER', 'STRIKETHROUGH', 'MONOSPACE'];

function checkStyle(style: string, text: string): void {
  const [, start, length, name = ''] = /^(\d+):(\d+):(.+)$/u.exec(style) ?? [];
  if (start === undefined) throw errors.user(`Invalid textStyle syntax (${style}) expected 'start:length:STYLE'`);
  if (!STYLES.includes(name)) throw errors.user(`Invalid style: ${name}`);
  if (Number(start) + Number(length) > text.length) throw errors.user('a style outside of the text');
}

function mentionsIn(command: Command, params: z.output<typeof send>): readonly string[] {
  const { mention = [] } = params;
  for (const one of mention) checkMention(command, one, params);
  return mention;
}

/** signal-cli checks the form alone; whom the apps would not show as called is refused here. */
function checkMention(
  { house }: Command,
  mention: string,
  { message = '', groupId = [] }: z.output<typeof send>,
): void {
  const [, start, length, who = ''] = /^(\d+):(\d+):(.+)$/u.exec(mention) ?? [];
  if (start === undefined) {
    throw errors.user(`Invalid mention syntax (${mention}) expected 'start:length:recipientNumber'`);
  }
  const end = Number(start) + Number(length);
  if (end > message.length || Number(length) === 0) throw errors.user('a mention outside of the text');
  const person = house.people.find(who);
  const members = groupId.flatMap((id) => house.people.group(id)?.members ?? []);
  if (person === undefined || !members.includes(person)) throw errors.user('a mention of nobody in this group');
}

function checkedFile(text: string): SimFile {
  const file = readDataAddress(text);
  if (file === undefined) throw errors.internal('Failed to send message: (AttachmentInvalidException)');
  if (file.size > largestFile) throw errors.internal('Failed to send message: too large (AttachmentInvalidException)');
  return file;
}

function quoteOf(house: House, { quoteTimestamp, quoteAuthor, quoteMessage = '' }: z.output<typeof send>) {
  if (quoteTimestamp === undefined) return undefined;
  if (quoteAuthor === undefined || house.people.find(quoteAuthor) === undefined)
    throw errors.user('Invalid quote author');
  return { sentAt: quoteTimestamp, author: quoteAuthor, text: quoteMessage };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function react(command: Command, params: z.output<typeof reaction>): object {
  const { house, account } = command;
  const target = targetOf(command, params);
  const { emoji, targetAuthor, targetTimestamp, remove = false } = params;
  if (Array.from(graphemes.segment(emoji)).length !== 1) throw errors.user('emoji: a single grapheme cluster');
  if (house.people.find(targetAuthor) === undefined) throw errors.user(`Invalid phone number '${targetAuthor}'`);
  const answer = outcome(command, target, house.now());
  const key = `${account.number}/${targetAuthor}/${String(targetTimestamp)}`;
  if (remove) house.store.reactions.delete(key);
  else house.store.reactions.set(key, emoji);
  return answer;
}

function deleteMessage(command: Command, params: z.output<typeof remoteDelete>): object {
  const { house, account } = command;
  const target = targetOf(command, params);
  const message = house.store.find(account.number, params.targetTimestamp);
  if (message?.to !== target) throw errors.user('no message of ours with this timestamp');
  const answer = outcome(command, target, house.now());
  message.deleted = true;
  return answer;
}

function sendReceipt(
  command: Command,
  { recipient, targetTimestamp, type = 'read' }: z.output<typeof receipt>,
): object {
  const { house } = command;
  const answer = outcome(command, targetOf(command, { recipient: [recipient] }), house.now());
  house.store.told.push({ what: 'receipt', to: recipient, type, sentAt: targetTimestamp });
  return answer;
}

function sendTyping(command: Command, params: z.output<typeof typing>): object {
  const target = targetOf(command, params);
  const answer = outcome(command, target, command.house.now());
  command.house.store.told.push({ what: 'typing', to: target, on: params.stop !== true });
  return answer;
}

function groupsOf({ house }: Command, { groupId }: z.output<typeof listGroups>): object {
  return house.people.groups
    .filter(({ id }) => groupId === undefined || groupId.includes(id))
    .map(({ id, name, members }) => ({
      id,
      name,
      description: '',
      isMember: true,
      isBlocked: false,
      members: members.map(({ number, uuid }) => ({ number, uuid })),
      pendingMembers: [],
      requestingMembers: [],
      admins: [],
    }));
}

function fileOf(house: House, id: string): object {
  const bytes = house.store.files.get(id);
  if (bytes === undefined) throw errors.internal(`An error occurred reading attachment: ${id}`);
  return { data: bytes.toString('base64') };
}

function statusOf({ house }: Command, { recipient = [], username = [] }: z.output<typeof userStatus>): object {
  const of = (name: string): string | null => {
    const person = house.people.find(name);
    return person === undefined || person.registered === false ? null : person.uuid;
  };
  return [
    ...recipient.map((number) => ({ recipient: number, number, uuid: of(number), isRegistered: of(number) !== null })),
    ...username.map((name) => ({ recipient: name, username: name, uuid: of(name), isRegistered: of(name) !== null })),
  ];
}
