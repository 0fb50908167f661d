/** Every kind of thing that the line does reaches the customer as it is graded; done again it does no harm. */
import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { RemoteId } from '../../../src/core/ids.ts';
import type { FileKind } from '../../../src/core/network-entries.ts';
import type { Capabilities } from '../../../src/core/ports/capabilities.ts';
import type { OutboundFile } from '../../../src/core/ports/outbound.ts';
import type { Obligations } from '../connector-kit.ts';
import type { KitFile, Shown } from '../network.ts';
import { sampleFile } from '../networks/sample-files.ts';
import type { Rig } from '../rig.ts';

const sent = { state: 'sent' };

function shown({ network }: Rig, ids: readonly RemoteId[]): Shown | undefined {
  expect('shown' in network).toBe(true);
  return ids.map((id) => network.shown?.(id)).find((part) => part !== undefined);
}

/** A connector may do in one chat what it can't do in another. */
function inThisChat({ connector, line, customer }: Rig): Capabilities {
  return connector.capabilities({ from: line, to: customer });
}

async function edits(rig: Rig): Promise<void> {
  const { connector } = rig;
  if (connector.edit === undefined) return;
  const ids = await rig.sent('We open at nine.');
  const edit = { ...rig.change(ids), text: 'We open at ten.', caption: false };
  await expect(connector.edit(edit)).resolves.toMatchObject(sent);
  expect(shown(rig, ids)?.text).toBe('We open at ten.');
  await expect(connector.edit(edit)).resolves.toMatchObject(sent);
  expect(shown(rig, ids)?.text).toBe('We open at ten.');
}

async function redacts(rig: Rig): Promise<void> {
  const { connector } = rig;
  if (connector.redact === undefined) return;
  const ids = await rig.sent('The wrong chat.');
  const redaction = rig.change(ids);
  await expect(connector.redact(redaction)).resolves.toMatchObject(sent);
  expect(shown(rig, ids)?.deleted ?? true).toBe(true);
  await expect(connector.redact(redaction)).resolves.toMatchObject(sent);
}

async function reacts(rig: Rig): Promise<void> {
  const { connector, network, customer } = rig;
  if (connector.react === undefined || inThisChat(rig).reaction <= 0) return;
  const { allowed_reactions: allowed } = connector.capabilities();
  const key = allowed === undefined || allowed.includes('👍') ? '👍' : (allowed[0] ?? '👍');
  await network.customerWrites('Thank you!');
  const { remoteId } = rig.newest('message').message;
  expect(remoteId).toBeDefined();
  const ids = remoteId === undefined ? [] : [remoteId];
  for (const keys of [[key], [key], [], []]) {
    await expect(connector.react({ ...rig.change(ids, customer), keys })).resolves.toMatchObject(sent);
    expect(shown(rig, ids)?.reactions ?? []).toEqual(keys);
  }
}

async function answers(rig: Rig): Promise<void> {
  const { connector, network, customer, outbound } = rig;
  if (connector.capabilities().reply <= 0) return;
  await network.customerWrites('Blue or red?');
  const { remoteId: id } = rig.newest('message').message;
  expect(id).toBeDefined();
  if (id === undefined) return;
  const result = await connector.send({ ...outbound('Blue.'), replyTo: { id, by: customer, text: 'Blue or red?' } });
  expect(result).toMatchObject(sent);
  expect(shown(rig, result.state === 'sent' ? result.ids : [])).toMatchObject({ text: 'Blue.', replyTo: id });
}

async function sendsFiles(rig: Rig): Promise<void> {
  const { connector, outbound } = rig;
  for (const [kind, features] of filesOf(connector.capabilities())) {
    const file = sampleFile(kind, features.mime_types);
    const text = features.caption > 0 ? `a ${kind}` : '';
    const result = await connector.send({ ...outbound(text), file: outboundFile(file, rig) });
    expect({ kind, result }).toMatchObject({ kind, result: sent });
    const seen = shown(rig, result.state === 'sent' ? result.ids : []);
    expect({ kind, ...seen }).toMatchObject({ kind, file: sha256(file.bytes), ...(text === '' ? {} : { text }) });
  }
}

function filesOf({ file }: Capabilities) {
  const kinds = ['image', 'video', 'audio', 'voice', 'animation', 'sticker', 'file'] as const;
  return kinds.flatMap((kind) => {
    const features = file[kind];
    return features === undefined ? [] : [[kind, features] as const satisfies readonly [FileKind, unknown]];
  });
}

function outboundFile({ kind, name, type, bytes }: KitFile, { door }: Pick<Rig, 'door'>): OutboundFile {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 4_096) yield await Promise.resolve(bytes.subarray(at, at + 4_096));
  }
  const file = { kind, name, type, size: bytes.length, sha256: sha256(bytes), open };
  return { ...file, link: () => door.lay(file) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function sendsLocations(rig: Rig): Promise<void> {
  const { connector, outbound } = rig;
  if (connector.capabilities().location_message <= 0) return;
  const location = { latitude: 52.5163, longitude: 13.3777 };
  const result = await connector.send({ ...outbound(''), location });
  expect(result).toMatchObject(sent);
  const seen = shown(rig, result.state === 'sent' ? result.ids : [])?.location;
  expect(seen?.latitude).toBeCloseTo(location.latitude, 4);
  expect(seen?.longitude).toBeCloseTo(location.longitude, 4);
}

async function marksRead(rig: Rig): Promise<void> {
  const { connector, network, line: from, customer: to } = rig;
  if (connector.markRead === undefined || inThisChat(rig).read_receipts <= 0) return;
  await network.customerWrites('Have you seen it?');
  const { remoteId: id } = rig.newest('message').message;
  expect(id).toBeDefined();
  if (id === undefined) return;
  await connector.markRead({ from, to, id, by: to });
  expect(network.told?.()).toContainEqual({ what: 'read', id: expect.any(String) });
}

async function types(rig: Rig): Promise<void> {
  const { connector, network, line: from, customer: to } = rig;
  if (connector.typing === undefined) return;
  await network.customerWrites('Hello?');
  const { remoteId } = rig.newest('message').message;
  await connector.typing({ from, to, on: true, ...(remoteId === undefined ? {} : { last: remoteId }) });
  expect(network.told?.()).toContainEqual({ what: 'typing', on: true });
  await connector.typing({ from, to, on: false });
}

async function appears({ connector, network, line: from }: Rig): Promise<void> {
  if (connector.presence === undefined) return;
  for (const state of ['away', 'available'] as const) {
    await connector.presence({ from, state });
    expect(network.told?.().at(-1)).toEqual({ what: 'presence', state });
  }
}

/** Told at most, never repeated, and never a reason to fail. */
async function tellsWithoutThrowing(rig: Rig): Promise<void> {
  const { connector, line: from, customer: to } = rig;
  await rig.stop();
  expect(await connector.typing?.({ from, to, on: true })).toBeUndefined();
  expect(await connector.presence?.({ from, state: 'away' })).toBeUndefined();
}

export const kindsOutObligations: Obligations = {
  'an edit reaches the network, and doing it twice does no harm': edits,
  'a deletion reaches the network, and doing it twice does no harm': redacts,
  'a reaction comes and goes, and doing either twice does no harm': reacts,
  'an answer is shown as an answer': answers,
  'a file of every kind that it names goes out whole, with its caption': sendsFiles,
  'a location goes out as one': sendsLocations,
  'that it was read is told': marksRead,
  'that somebody types is told': types,
  'presence is told': appears,
  'typing and presence that cannot be told are no failure': tellsWithoutThrowing,
};
