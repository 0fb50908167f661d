/** The bodies of the `network.*` kinds, version 1; `core/network-entries.ts` says what the fields mean. */
import { z } from 'zod';
import type { EntryBodies } from '../../core/entry.ts';
import type { NetworkBodies } from '../../core/network-entries.ts';
import * as id from './ids.ts';

/** Half of a surrogate pair has no canonical text (RFC 8785, 3.2.2.2): U+FFFD stands for it, the raw bytes keep it. */
const text = z.string().overwrite((said) => said.toWellFormed());
const optionalText = z.exactOptional(text);
const flag = z.exactOptional(z.boolean());
const count = z.int().nonnegative();
const optionalCount = z.exactOptional(count);

const ofConnector = { connector: id.connectorId, network: id.networkId };
const member = z.object({ address: id.address, name: optionalText });
const group = z.object({ id: id.address, name: optionalText, members: z.exactOptional(z.array(member)) });
const ends = { from: id.address, to: id.address, own: flag, group: z.exactOptional(group) };

const span = { start: count, length: z.int().positive() };
const level = z.literal([1, 2, 3, 4, 5, 6]);
const mark = z.discriminatedUnion('as', [
  z.object({ ...span, as: z.enum(['bold', 'italic', 'underline', 'strike', 'code', 'spoiler']) }),
  z.object({ ...span, as: z.literal('link'), href: text }),
  z.object({ ...span, as: z.literal('pre'), language: optionalText }),
  z.object({ ...span, as: z.literal('quote') }),
  z.object({ ...span, as: z.literal('heading'), level }),
  z.object({ ...span, as: z.literal('item'), depth: z.int().positive(), ordinal: optionalCount }),
]);

const attachment = z.object({
  kind: z.enum(['image', 'video', 'audio', 'voice', 'animation', 'sticker', 'file']),
  ref: text.max(2048),
  ...{ name: optionalText, type: optionalText, size: optionalCount, sha256: optionalText },
  ...{ durationMs: optionalCount, width: optionalCount, height: optionalCount, viewOnce: flag },
});
const geoPlace = z.object({
  latitude: z.number(),
  longitude: z.number(),
  accuracy: z.exactOptional(z.number()),
  ...{ name: optionalText, address: optionalText, live: flag },
});
const sharedContact = z.object({
  name: text,
  phones: z.array(text),
  emails: z.exactOptional(z.array(text)),
  organisation: optionalText,
});
const content = {
  text,
  marks: z.exactOptional(z.array(mark)),
  attachments: z.exactOptional(z.array(attachment)),
  location: z.exactOptional(geoPlace),
  contacts: z.exactOptional(z.array(sharedContact)),
  unsupported: optionalText,
  topic: optionalText,
};
const connectorState = z.enum([
  'starting',
  'connecting',
  'connected',
  'degraded',
  'bad-credentials',
  'logged-out',
  'stopped',
]);

export const networkBodies = {
  'network.message': z.object({
    ...ofConnector,
    ...ends,
    ...content,
    fromName: optionalText,
    remoteId: z.exactOptional(id.remoteId),
    replyTo: z.exactOptional(z.object({ id: id.remoteId, text: optionalText })),
    forwarded: z.exactOptional(z.enum(['once', 'often'])),
    expiresInMs: optionalCount,
    service: flag,
    missing: optionalText,
    wire: z.exactOptional(id.jsonObject),
  }),
  'network.edit': z.object({ ...ofConnector, ...ends, ...content, target: id.remoteId, missing: optionalText }),
  'network.redaction': z.object({ ...ofConnector, ...ends, targets: z.array(id.remoteId) }),
  'network.reaction': z.object({ ...ofConnector, ...ends, target: id.remoteId, keys: z.array(text) }),
  'network.receipt': z.object({
    ...ofConnector,
    remoteId: id.remoteId,
    matches: z.exactOptional(z.array(id.remoteId)),
    state: z.enum(['accepted', 'delivered', 'read', 'failed', 'expired', 'unknown']),
    by: z.exactOptional(id.address),
    ...{ code: optionalText, detail: optionalText },
  }),
  'network.chat': z.object({
    ...ofConnector,
    line: id.address,
    chat: id.address,
    movedTo: z.exactOptional(id.address),
    name: optionalText,
  }),
  'network.consent': z.object({
    ...ofConnector,
    from: id.address,
    to: id.address,
    action: z.enum(['stop', 'start', 'help']),
    detail: optionalText,
  }),
  'network.unsupported': z.object({
    ...ofConnector,
    to: z.exactOptional(id.address),
    from: z.exactOptional(id.address),
    what: text,
  }),
  'network.account': z.object({
    connector: id.connectorId,
    state: z.exactOptional(connectorState),
    alert: optionalText,
    detail: optionalText,
  }),
} satisfies { readonly [K in keyof NetworkBodies]: z.ZodType<EntryBodies[K]> };
