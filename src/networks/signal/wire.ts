/**
 * What signal-cli hands over, as its sources write it (org.asamk.signal.json: JsonMessageEnvelope, JsonDataMessage,
 * JsonQuotedAttachment, JsonSyncMessage, ...: the records' components are the names, at commit 04b7b1e4). Fields that nothing here reads are left out; what is null there is undefined here.
 */
import { z } from 'zod';

/** Lone surrogates have no UTF-8, and would have no place on record. */
const text = z.string().transform((value) => value.toWellFormed());
const maybeText = text.nullish().transform((value) => value ?? undefined);
const time = z.int().nonnegative();
const maybeFlag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}
function list<T extends z.ZodType>(schema: T) {
  return z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);
}
const count = maybe(z.int().nonnegative());

const mention = z.object({
  name: maybeText,
  number: maybeText,
  uuid: maybeText,
  start: z.int().nonnegative(),
  length: z.int().nonnegative(),
});
export type WireMention = z.output<typeof mention>;

const textStyle = z.object({ style: text, start: z.int().nonnegative(), length: z.int().nonnegative() });

const attachment = z.object({
  id: maybeText,
  contentType: maybeText,
  filename: maybeText,
  size: count,
  width: count,
  height: count,
  caption: maybeText,
});
export type WireAttachment = z.output<typeof attachment>;

const target = {
  targetAuthor: maybeText,
  targetAuthorNumber: maybeText,
  targetAuthorUuid: maybeText,
  targetSentTimestamp: time,
};
const quote = z.object({
  id: time,
  author: maybeText,
  authorNumber: maybeText,
  authorUuid: maybeText,
  text: maybeText,
  mentions: list(mention),
  attachments: list(z.object({ contentType: maybeText, filename: maybeText })),
});

const contact = z.object({
  name: maybe(
    z.object({
      nickname: maybeText,
      given: maybeText,
      middle: maybeText,
      family: maybeText,
      display: maybeText,
    }),
  ),
  phone: list(z.object({ value: maybeText })),
  email: list(z.object({ value: maybeText })),
  organization: maybeText,
});
export type WireContact = z.output<typeof contact>;

const groupInfo = z.object({ groupId: text, groupName: maybeText, revision: count, type: maybeText });

const dataFields = {
  timestamp: time,
  message: maybeText,
  expiresInSeconds: count,
  isExpirationUpdate: maybeFlag,
  viewOnce: maybeFlag,
  reaction: maybe(z.object({ ...target, emoji: text, isRemove: maybeFlag })),
  quote: maybe(quote),
  payment: maybe(z.object({ note: maybeText })),
  mentions: list(mention),
  attachments: list(attachment),
  sticker: maybe(z.object({ packId: text, stickerId: z.int().nonnegative() })),
  remoteDelete: maybe(z.object({ timestamp: time })),
  adminDelete: maybe(z.object(target)),
  contacts: list(contact),
  pollCreate: maybe(z.object({ question: maybeText, options: list(text) })),
  pollVote: maybe(z.looseObject({})),
  pollTerminate: maybe(z.looseObject({})),
  pinMessage: maybe(z.looseObject({})),
  unpinMessage: maybe(z.looseObject({})),
  groupCallUpdate: maybe(z.looseObject({})),
  storyContext: maybe(z.looseObject({})),
  textStyles: list(textStyle),
  groupInfo: maybe(groupInfo),
};
const dataMessage = z.object(dataFields);
export type WireData = z.output<typeof dataMessage>;

const editMessage = z.object({ targetSentTimestamp: time, dataMessage });

const sentMessage = z.object({
  ...dataFields,
  destination: maybeText,
  destinationNumber: maybeText,
  destinationUuid: maybeText,
  timestamp: maybe(time),
  editMessage: maybe(editMessage),
});

const envelope = z.object({
  source: maybeText,
  sourceNumber: maybeText,
  sourceUuid: maybeText,
  sourceName: maybeText,
  sourceDevice: count,
  timestamp: time,
  serverReceivedTimestamp: maybe(time),
  dataMessage: maybe(dataMessage),
  editMessage: maybe(editMessage),
  storyMessage: maybe(z.looseObject({})),
  syncMessage: maybe(z.object({ sentMessage: maybe(sentMessage) })),
  callMessage: maybe(z.object({ offerMessage: maybe(z.object({ type: maybeText })) })),
  receiptMessage: maybe(
    z.object({ isDelivery: maybeFlag, isRead: maybeFlag, isViewed: maybeFlag, timestamps: list(time) }),
  ),
  typingMessage: maybe(z.object({ action: text, timestamp: time, groupId: maybeText })),
});
export type WireEnvelope = z.output<typeof envelope>;

export const received = z.object({
  account: maybeText,
  envelope: maybe(envelope),
  /** Why the daemon could not read what came: the class's name and its message. */
  exception: maybe(z.object({ type: maybeText, message: maybeText })),
});
export type WireReceived = z.output<typeof received>;

/** Of `send` and its kin: whom it reached (JsonSendMessageResult). */
export const sent = z.object({
  timestamp: time,
  results: list(
    z.object({
      recipientAddress: maybe(z.object({ number: maybeText, uuid: maybeText })),
      type: text,
      token: maybeText,
      retryAfterSeconds: count,
    }),
  ),
});
export type WireSendResults = z.output<typeof sent>['results'];

const memberAddress = z.union([
  z.object({ number: maybeText, uuid: maybeText }),
  z.string().transform((number) => ({ number, uuid: undefined })),
]);
export const groups = z.array(
  z.object({ id: text, name: maybeText, isMember: maybeFlag, members: list(memberAddress) }),
);
export const accounts = z.array(z.object({ number: maybeText, aci: maybeText }));
export const userStatus = z.array(z.object({ recipient: maybeText, number: maybeText, uuid: maybeText }));
export const fileData = z.object({ data: z.string() });
