/** Our XMPP through Debian's Prosody with a client that is neither ours nor written in our language. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { must, parseAddress, parsePosition, type RemoteId } from '../../src/core/ids.ts';
import type { NetworkEvent } from '../../src/core/ports/connector.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createFetching } from '../../src/networks/fetch/fetching.ts';
import { wireIdOf } from '../../src/networks/xmpp/message-ids.ts';
import { xmpp } from '../../src/networks/xmpp/xmpp.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import { sampleFile } from '../contract/networks/sample-files.ts';
import { until } from '../support/carrier.ts';
import {
  componentDomain,
  componentSecret,
  prosodyDomain,
  roomsDomain,
  startProsody,
  uploadDomain,
} from '../support/xmpp/prosody.ts';
import type { CheckList } from './check-list.ts';
import { SlixmppPeer } from './slixmpp-peer.ts';

const line = must(parseAddress(`sales@${componentDomain}`));
const bob = must(parseAddress(`bob@${prosodyDomain}`));
const team = must(parseAddress(`team@${roomsDomain}`));

export async function againstSlixmpp(list: CheckList): Promise<void> {
  await using prosody = await startProsody();
  prosody.account('bob');
  const peer = new SlixmppPeer(prosody.c2sPort, 'bob');
  const http = `127.0.0.1:${String(prosody.httpPort)}`;
  await using fetching = createFetching({ clock: systemClock, fetchFrom: [http] });
  const core = new TestCore({ lines: [line], fetching });
  const connector = xmpp.open(core.context(), {
    ...{ host: '127.0.0.1', port: prosody.componentPort, domain: componentDomain, secret: componentSecret },
    ...{
      names: { [line]: 'Sales' },
      rooms: [{ line, room: team }],
      server: prosodyDomain,
      uploadOrigin: `http://${http}`,
    },
  });
  let position = 0;
  const base = () => ({ position: must(parsePosition((position += 1))), from: line, to: bob });
  const change = (ids: readonly RemoteId[]) => ({ ...base(), ids, by: line });
  const sent = async (given: object): Promise<RemoteId> => {
    const result = await connector.send({ ...base(), attempt: 1, text: '', ...given });
    const [id] = result.state === 'sent' ? result.ids : [];
    if (id === undefined) throw new Error(`not sent: ${JSON.stringify(result)}`);
    return id;
  };
  const event = async <K extends NetworkEvent['kind']>(
    kind: K,
    fits: (one: Extract<NetworkEvent, { kind: K }>) => boolean = () => true,
  ): Promise<Extract<NetworkEvent, { kind: K }>> => {
    const is = (one: NetworkEvent): one is Extract<NetworkEvent, { kind: K }> => one.kind === kind;
    const find = () => core.events.filter(is).findLast(fits);
    await until(`${kind} on record`, () => find() !== undefined);
    const found = find();
    if (found === undefined) throw new Error('gone');
    return found;
  };

  await connector.start();
  await until('connected', () => core.state === 'connected');
  await peer.heard('ready');

  let theirs: RemoteId | undefined;
  let theirId = '';
  let ours: RemoteId | undefined;
  await list.check('slixmpp writes, and gets the receipt once it is on record', async () => {
    peer.do('say', { to: line, text: 'Hello *there* <&> 😀' });
    theirId = (await peer.heard('said')).id ?? '';
    await peer.heard('receipt', ({ id }) => id === theirId);
    const { message } = await event('message');
    assert.equal(message.text, 'Hello there <&> 😀');
    assert.deepEqual(message.marks, [{ as: 'bold', start: 6, length: 5 }]);
    theirs = message.remoteId;
  });
  await list.check('slixmpp shows what we write, with styling, and confirms it', async () => {
    const id = await sent({ text: 'Yes & no', marks: [{ as: 'bold', start: 0, length: 3 }] });
    ours = id;
    const heard = await peer.heard('chat', (one) => one.id === wireIdOf(id));
    assert.equal(heard.body, '*Yes* & no');
    await until('delivered', () =>
      core.updates.some(({ state, remoteId }) => state === 'delivered' && remoteId === id),
    );
  });
  await list.check('its displayed marker is a read receipt, and ours is shown to it', async () => {
    const [id, own] = [ours, theirs];
    if (id === undefined || own === undefined) throw new Error('nothing was written');
    peer.do('displayed', { to: line, id: wireIdOf(id) });
    await until('read', () => core.updates.some(({ state, remoteId }) => state === 'read' && remoteId === id));
    await connector.markRead?.({ from: line, to: bob, id: own, by: bob });
    await peer.heard('displayed', (one) => one.id === theirId);
  });
  await list.check('typing both ways', async () => {
    peer.do('compose', { to: line });
    await until('typing', () => core.typed.some(({ on, from }) => on && from === bob));
    await connector.typing?.({ from: line, to: bob, on: true });
    await peer.heard('composing');
  });
  await list.check('corrections both ways', async () => {
    peer.do('correct', { to: line, id: theirId, text: 'Hello again' });
    const { edit } = await event('edit');
    assert.equal(edit.target, theirs);
    assert.equal(edit.text, 'Hello again');
    const id = ours;
    if (id === undefined) throw new Error('nothing was written');
    const result = await connector.edit?.({ ...change([id]), text: 'No', caption: false });
    assert.equal(result?.state, 'sent');
    const heard = await peer.heard('corrected');
    assert.equal(heard.id, wireIdOf(id));
    assert.equal(heard.body, 'No');
  });
  await list.check('reactions both ways, the whole set each time', async () => {
    const [id, own] = [ours, theirs];
    if (id === undefined || own === undefined) throw new Error('nothing was written');
    peer.do('react', { to: line, id: wireIdOf(id), values: ['👍', '🐢'] });
    const { reaction } = await event('reaction');
    assert.equal(reaction.target, id);
    assert.deepEqual(Array.from(reaction.keys).sort(), ['🐢', '👍'].sort());
    const result = await connector.react?.({ ...change([own]), by: bob, keys: ['🎉'] });
    assert.equal(result?.state, 'sent');
    const heard = await peer.heard('reactions');
    assert.deepEqual([heard.id, heard['values']], [theirId, ['🎉']]);
  });
  await list.check('a reply names what it answers, both ways', async () => {
    const own = theirs;
    if (own === undefined) throw new Error('nothing was written');
    const id = await sent({ text: 'Indeed', replyTo: { id: own, by: bob, text: 'Hello' } });
    const heard = await peer.heard('chat', (one) => one.id === wireIdOf(id));
    assert.equal(heard['reply'], theirId);
    assert.equal(heard.body, '> Hello\nIndeed');
    const reply = `<reply xmlns='urn:xmpp:reply:0' id='${wireIdOf(id)}' to='${line}'/>`;
    const fallback = `<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='9'/></fallback>`;
    peer.do('raw', { to: line, payload: `<body xmlns='jabber:client'>&gt; Indeed\nAgreed</body>${reply}${fallback}` });
    const { message } = await event('message', (one) => one.message.text === 'Agreed');
    assert.equal(message.replyTo?.id, id);
  });
  await list.check('deletions both ways', async () => {
    peer.do('retract', { to: line, id: theirId });
    const { redaction } = await event('redaction');
    assert.deepEqual(redaction.targets, [theirs]);
    const id = await sent({ text: 'the wrong chat' });
    const result = await connector.redact?.(change([id]));
    assert.equal(result?.state, 'sent');
    assert.equal((await peer.heard('retracted')).id, wireIdOf(id));
  });
  await list.check('a file that slixmpp uploads comes whole', async () => {
    const file = sampleFile('image', ['image/png']);
    peer.do('upload', {
      to: line,
      service: uploadDomain,
      name: file.name,
      type: file.type,
      hex: Buffer.from(file.bytes).toString('hex'),
    });
    const { message } = await event('message', (one) => one.message.attachments !== undefined);
    const [attachment] = message.attachments ?? [];
    if (attachment === undefined) throw new Error('no file');
    assert.equal(attachment.kind, 'image');
    const hash = createHash('sha256');
    const into = (piece: Uint8Array) => Promise.resolve(void hash.update(piece));
    const signal = new AbortController().signal;
    const fetched = await connector.fetchFile?.({ attachment, maxBytes: 1_000_000, signal, into });
    assert.deepEqual(fetched, { state: 'fetched' });
    assert.equal(hash.digest('hex'), createHash('sha256').update(file.bytes).digest('hex'));
  });
  await list.check('a file of ours is an out-of-band link that holds its bytes', async () => {
    const { bytes, ...file } = sampleFile('file', ['application/pdf']);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    async function* open(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes);
    }
    const id = await sent({ file: { ...file, size: bytes.length, sha256, open, link: () => '' } });
    const heard = await peer.heard('chat', (one) => one.id === wireIdOf(id));
    assert.equal(heard.body, heard['url']);
    const got = Buffer.from(await (await fetch(heard.body ?? '')).arrayBuffer());
    assert.equal(createHash('sha256').update(got).digest('hex'), sha256);
  });
  await list.check('a place of ours is a geo URI', async () => {
    const id = await sent({ location: { latitude: 52.5163, longitude: 13.3777 } });
    const heard = await peer.heard('chat', (one) => one.id === wireIdOf(id));
    assert.equal(heard.body, 'geo:52.5163,13.3777');
  });
  await list.check('slixmpp computes the same caps for what we say we can, and gets card and ping', async () => {
    peer.do('subscribe', { to: line });
    const presence = await peer.heard('presence', (one) => one['sender'] === `${line}/gatehouse`);
    peer.do('ask', { to: `${line}/gatehouse` });
    const asked = await peer.heard('asked');
    assert.equal(asked['name'], 'Sales');
    assert.equal(asked['ver'], presence['ver']);
    assert.ok(JSON.stringify(asked['features']).includes('urn:xmpp:reactions:0'));
  });
  await list.check('presence with every value of show, both ways', async () => {
    for (const show of ['chat', 'away', 'xa', 'dnd'] as const) {
      peer.do('show', { show, status: `I am ${show}` });
      await until(show, () => core.appeared.some(({ state, words }) => state === show && words === `I am ${show}`));
      await connector.presence?.({ from: line, state: show, words: `we are ${show}` });
      await peer.heard('presence', (one) => one['show'] === show && one['status'] === `we are ${show}`);
    }
    for (const [state, show] of [['offline', 'unavailable'] as const, ['available', 'available'] as const]) {
      await connector.presence?.({ from: line, state, words: `we are ${state}` });
      await peer.heard('presence', (one) => one['show'] === show && one['status'] === `we are ${state}`);
    }
    for (const [state, show] of [['offline', 'unavailable'] as const, ['available', ''] as const]) {
      peer.do('show', { show });
      await until(state, () => core.appeared.at(-1)?.state === state);
    }
  });
  await list.check('who stops wanting to see the line sees it go, and nothing more until they ask again', async () => {
    const gone = () => peer.lines.filter((one) => one['show'] === 'unavailable' && one['status'] === '').length;
    const before = gone();
    peer.do('unsubscribe', { to: line });
    await until('gone', () => gone() > before);
    await connector.presence?.({ from: line, state: 'away', words: 'meanwhile' });
    await sent({ text: 'said after it' });
    await peer.heard('chat', ({ body }) => body === 'said after it');
    assert.ok(!peer.lines.some((one) => one.heard === 'presence' && one['status'] === 'meanwhile'));
    peer.do('subscribe', { to: line });
    await peer.heard('presence', (one) => one['status'] === 'meanwhile');
  });
  await list.check('in a room both read each other, and the line knows its own words', async () => {
    peer.do('join', { to: team, nick: 'Bob' });
    const heard = (text: string) => core.events.some((one) => one.kind === 'message' && one.message.text === text);
    await until('slixmpp in the room', () => {
      peer.do('groupsay', { to: team, text: 'Hello all' });
      return heard('Hello all');
    });
    const { message } = await event('message', (one) => one.message.group !== undefined);
    assert.equal(message.from, bob);
    assert.equal(message.group?.id, team);
    await sent({ to: team, text: 'From the line' });
    const shown = await peer.heard('groupchat', (one) => one.body === 'From the line');
    assert.equal(shown['sender'], `${team}/Sales`);
    assert.equal(heard('From the line'), false);
  });
  await list.check('a text to an account that does not exist fails with the reason', async () => {
    const result = await connector.send({
      ...base(),
      to: must(parseAddress(`nobody@${prosodyDomain}`)),
      attempt: 1,
      text: 'x',
    });
    assert.equal(result.state, 'failed');
  });
  await list.check('the line says goodbye when it stops', async () => {
    const gone = () => peer.lines.filter((one) => one['show'] === 'unavailable' && one['status'] === '').length;
    const before = gone();
    await connector.stop(5_000);
    await until('the goodbye', () => gone() > before);
  });
  peer.kill();
}
