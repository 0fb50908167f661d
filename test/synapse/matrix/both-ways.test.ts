import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import {
  must,
  parseClassId,
  parseEventId,
  parsePosition,
  parseRoomAlias,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { Position, RoomId, UserId } from '../../../src/core/ids.ts';
import type { Result } from '../../../src/core/result.ts';
import { AdminApi } from '../../../src/matrix/admin-api.ts';
import { adminHistory } from '../../../src/matrix/gaps/room-history.ts';
import { createMatrix, type Matrix } from '../../../src/matrix/matrix.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { SYNAPSE_START_MS, testSynapse, type TestSynapse } from '../../support/synapse.ts';
import { MemoryRecorder } from '../../integration/matrix/memory-recorder.ts';
import { keptLog, noMetrics } from '../../integration/matrix/quiet.ts';

const ghost = must(parseUserId('@_gh_sms_12025550199:acme.example'));
const otherGhost = must(parseUserId('@_gh_xmpp_-j=2eparkpartner=2eexample:acme.example'));
let synapse: TestSynapse;
let recorder: MemoryRecorder;
let matrix: Matrix;
let alice: StaffClient;
let stopped = 0;

async function open(): Promise<void> {
  matrix = await createMatrix({
    domain: synapse.domain,
    url: synapse.url,
    bridge: synapse.bridge,
    archive: synapse.archive,
    protocols: ['sms'],
    recorder,
    class: must(parseClassId('us-finra-6y')),
    clock: systemClock,
    log: keptLog(),
    metrics: noMetrics,
  });
  await matrix.start();
}

function value<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

function user(client: StaffClient): UserId {
  return must(parseUserId(client.userId));
}

function position(n: number): Position {
  return must(parsePosition(n));
}

function body(draft: Draft): string | undefined {
  if (draft.kind !== 'matrix.event') return undefined;
  const text = draft.body.content['body'];
  return typeof text === 'string' ? text : undefined;
}

/** A portal as the bridge makes one, which Alice has joined. */
async function portal(name: string, more: { readonly key?: string } = {}): Promise<RoomId> {
  const { homeserver } = matrix;
  value(await homeserver.ensureGhost({ user: ghost, name: 'Ann Lee (SMS)' }));
  const room = value(
    await homeserver.createRoom({
      as: homeserver.gatehouse,
      name,
      invite: [user(alice)],
      creationContent: { 'm.federate': false, ...(more.key !== undefined && { 'org.gatehouse.made': more.key }) },
      initialState: [],
    }),
  );
  value(await homeserver.ensureJoined({ as: ghost, room, inviter: homeserver.gatehouse }));
  await alice.join(room);
  return room;
}

beforeAll(async () => {
  synapse = await testSynapse();
  recorder = new MemoryRecorder();
  await open();
  alice = await synapse.staff('alice');
}, SYNAPSE_START_MS);

afterAll(async () => {
  await matrix[Symbol.asyncDispose]();
  await synapse[Symbol.asyncDispose]();
}, 30_000);

describe('with a real Synapse', () => {
  test("a ghost's message reaches Element's SDK under the contact's name, and sounds when it mentions her", async () => {
    const room = await portal('Ann Lee (SMS)');
    const sent = { as: ghost, room, type: 'm.room.message', source: position(7), part: 'text' };
    const content = {
      msgtype: 'm.text',
      body: 'Is the blue one available?',
      'm.mentions': { user_ids: [alice.userId] },
    };
    const id = value(await matrix.homeserver.send({ ...sent, content }));

    const seen = await alice.message(room, 'Is the blue one available?');
    expect(seen.getId()).toBe(id);
    expect(seen.sender?.name).toBe('Ann Lee (SMS)');
    expect(alice.notification(seen)).toEqual({ shown: true, sounds: true });
    expect(seen.getContent()['org.gatehouse.source']).toEqual({ position: 7, part: 'text' });
  }, 60_000);

  test('the same source sent again is the same event, and the echo is found; another ghost’s is not mistaken for it', async () => {
    const room = await portal('Repeat');
    const sent = { as: ghost, room, source: position(8), part: 'text' };
    const send = { ...sent, type: 'm.room.message', content: { msgtype: 'm.text', body: 'once' } };
    expect(value(await matrix.homeserver.findEcho(sent))).toBeUndefined();
    const first = value(await matrix.homeserver.send(send));
    expect(value(await matrix.homeserver.send(send))).toBe(first);
    await alice.message(room, 'once');
    expect(alice.timeline(room).filter((event) => event.getContent()['body'] === 'once')).toHaveLength(1);
    expect(value(await matrix.homeserver.findEcho(sent))).toBe(first);
    expect(value(await matrix.homeserver.findEcho({ ...sent, part: 'why' }))).toBeUndefined();

    value(await matrix.homeserver.ensureGhost({ user: otherGhost, name: 'J. Park (XMPP)' }));
    value(await matrix.homeserver.ensureJoined({ as: otherGhost, room, inviter: matrix.homeserver.gatehouse }));
    expect(value(await matrix.homeserver.findEcho({ ...sent, as: otherGhost }))).toBeUndefined();
    expect(value(await matrix.homeserver.send({ ...send, as: otherGhost }))).not.toBe(first);
  }, 60_000);

  test('our own reactions on an event are found, without those that were taken down and those of others', async () => {
    const room = await portal('Reactions');
    const event = must(parseEventId(await alice.sendText(room, 'Marked')));
    const { gatehouse } = matrix.homeserver;
    const react = (key: string, part: string) =>
      matrix.homeserver.send({
        ...{ as: gatehouse, room, type: 'm.reaction', source: position(9), part },
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } },
      });
    const on = { as: gatehouse, room, event };
    expect(value(await matrix.homeserver.ownReactions(on))).toEqual([]);
    const waiting = value(await react('⏳', 'mark-waiting-0'));
    value(await react('✓', 'mark-sent-0'));
    value(await matrix.homeserver.redact({ ...on, event: waiting, source: position(9), part: 'unmark-waiting-0' }));
    expect(value(await matrix.homeserver.ownReactions(on)).map(({ key }) => key)).toEqual(['✓']);
    expect(value(await matrix.homeserver.ownReactions({ ...on, as: ghost }))).toEqual([]);
  }, 60_000);

  test('both streams bring what staff do in a portal as the same draft; only the raw bytes may differ', async () => {
    const room = await portal('Both streams');
    const event = await alice.sendText(room, 'Yes! Shall I hold one?');
    await recorder.until(
      (draft) => recorder.drafts.filter((d) => d.source.id === event).length === 2 && body(draft) !== undefined,
    );
    const [one, two] = recorder.drafts.filter((draft) => draft.source.id === event);
    expect({ ...one, raw: undefined }).toEqual({ ...two, raw: undefined });
    expect(one).toMatchObject({
      kind: 'matrix.event',
      actor: alice.userId,
      room,
      source: { system: 'matrix', sure: true },
    });
    const raw: unknown = JSON.parse(Buffer.from(one?.raw ?? []).toString('utf8'));
    expect(raw).toMatchObject({ event_id: event, sender: alice.userId });
  }, 60_000);

  test('the archive sees a room in which nobody of ours is: its messages, edits, reactions and redactions', async () => {
    const room = await alice.createRoom('Board');
    const event = await alice.sendText(room, 'internal words');
    const edited = await alice.edit(room, event, 'other words');
    const reaction = await alice.react(room, event, '👍');
    const redaction = await alice.redact(room, reaction);
    for (const id of [event, edited, reaction, redaction]) await recorder.until((draft) => draft.source.id === id);
    const last = await recorder.until((draft) => draft.source.id === redaction);
    expect(last).toMatchObject({ kind: 'matrix.event', body: { type: 'm.room.redaction', redacts: reaction } });
    expect(recorder.drafts.filter((draft) => draft.kind === 'matrix.malformed')).toEqual([]);
  }, 60_000);

  test('both services are pinged through Synapse', async () => {
    expect(await matrix.homeserver.ping('bridge')).toMatchObject({ ok: true });
    expect(await matrix.homeserver.ping('archive')).toMatchObject({ ok: true });
  }, 30_000);

  test('a room is found again by its alias and by what its creation says', async () => {
    const { homeserver } = matrix;
    const alias = must(parseRoomAlias('#compliance:acme.example'));
    expect(value(await homeserver.resolveAlias(alias))).toBeUndefined();
    const room = value(
      await homeserver.createRoom({
        as: homeserver.compliance,
        name: 'Compliance',
        topic: 'Ask here',
        invite: [user(alice)],
        creationContent: { 'm.federate': false, 'org.gatehouse.made': 'desk:main' },
        initialState: [
          { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
        ],
        powerLevels: { users: { [alice.userId]: 0, [homeserver.compliance]: 100 }, invite: 100 },
        alias,
      }),
    );
    expect(value(await homeserver.resolveAlias(alias))).toBe(room);
    const by = { as: homeserver.compliance, key: 'org.gatehouse.made' };
    expect(value(await homeserver.findRoomMade({ ...by, value: 'desk:main' }))).toBe(room);
    expect(value(await homeserver.findRoomMade({ ...by, value: 'desk:other' }))).toBeUndefined();
    expect(value(await homeserver.members({ as: homeserver.compliance, room }))).toEqual(
      expect.arrayContaining([
        { user: homeserver.compliance, membership: 'join' },
        { user: alice.userId, membership: 'invite' },
      ]),
    );
    await alice.join(room);
    const at = { as: homeserver.compliance, room, type: 'org.gatehouse.test', stateKey: 'a/b' };
    expect(value(await homeserver.state(at))).toBeUndefined();
    value(await homeserver.setState({ ...at, content: { is: 'set' } }));
    expect(value(await homeserver.state(at))).toEqual({ is: 'set' });
    const again = await homeserver.invite({ as: homeserver.compliance, room, user: user(alice) });
    expect(again).toEqual({ ok: true, value: undefined });
  }, 60_000);

  test('the bot redacts, uploads, and is told in values what it may not do', async () => {
    const { homeserver } = matrix;
    const room = await portal('Refusals');
    const as = homeserver.gatehouse;
    const send = {
      as,
      room,
      type: 'm.room.message',
      source: position(9),
      content: { msgtype: 'm.notice', body: 'gone soon' },
    };
    const event = value(await homeserver.send({ ...send, part: 'text' }));
    value(await homeserver.redact({ as, room, event, source: position(9), part: 'withdraw' }));
    await alice.until('the redaction', () =>
      alice
        .timeline(room)
        .find((e) => e.getId() === event)
        ?.isRedacted() === true
        ? true
        : undefined,
    );
    const bytes = new TextEncoder().encode('a file');
    expect(value(await homeserver.upload({ as, name: 'a.txt', type: 'text/plain', bytes }))).toMatch(
      /^mxc:\/\/acme\.example\//u,
    );

    const board = must(parseRoomId(await alice.createRoom('Not ours')));
    expect(await homeserver.send({ ...send, room: board, part: 'text' })).toMatchObject({
      ok: false,
      error: { kind: 'forbidden' },
    });
    const large = { msgtype: 'm.text', body: 'x'.repeat(70_000) };
    expect(await homeserver.send({ ...send, content: large, part: 'large' })).toMatchObject({
      ok: false,
      error: { kind: 'too-large' },
    });
  }, 60_000);

  test('people search and third-party lookups find @gatehouse and the ghost of a number', async () => {
    value(
      await matrix.homeserver.createRoom({
        as: matrix.homeserver.gatehouse,
        name: 'Chat',
        invite: [user(alice)],
        creationContent: {},
        initialState: [],
      }),
    );
    const found = await alice.sdk.getThirdpartyUser('sms', { address: '+12025550199' });
    expect(found).toMatchObject([{ userid: ghost, protocol: 'sms' }]);
    expect(Object.keys(await alice.sdk.getThirdpartyProtocols())).toContain('sms');
    // Synapse's directory of people follows the rooms in the background.
    const people = async (): Promise<readonly string[]> =>
      (await alice.sdk.searchUserDirectory({ term: 'gatehouse' })).results.map((one) => one.user_id);
    while (!(await people()).includes(matrix.homeserver.gatehouse)) await pause(100);
    expect(await people()).toContain(matrix.homeserver.gatehouse);
  }, 60_000);

  test('the admin API answers an admin, and says forbidden to anyone else', async () => {
    const admin = await synapse.server.registerUser('sam', 'pw', true);
    const api = new AdminApi(synapse.url, admin.accessToken);
    expect(value(await api.serverVersion())).toBe('1.163.2');
    expect(value(await api.whoAmI())).toBe('@sam:acme.example');
    const rooms = value(await api.rooms());
    expect(rooms.total).toBeGreaterThan(0);
    const [room] = rooms.rooms;
    const history = adminHistory(synapse.url, admin.accessToken, {
      class: must(parseClassId('us-finra-6y')),
      clock: systemClock,
    });
    expect(room === undefined ? [] : value(await history.page(room.room)).events).not.toEqual([]);
    const stranger = new AdminApi(synapse.url, String(alice.sdk.getAccessToken()));
    expect(await api.checkAdmin()).toEqual({ ok: true, value: undefined });
    expect(await stranger.checkAdmin()).toMatchObject({ ok: false, error: { kind: 'forbidden' } });
  }, 60_000);

  test('what is said while Gatehouse is away arrives when it is back: nothing lost', async () => {
    const room = await portal('Away');
    await matrix[Symbol.asyncDispose]();
    stopped += 1;
    const ids: string[] = [];
    for (let i = 0; i < 10; i += 1) ids.push(await alice.sendText(room, `while away ${String(i)}`));
    await open();
    for (const id of ids) await recorder.until((draft) => draft.source.id === id, 45_000);
    const heard = recorder.drafts.flatMap((draft) => body(draft) ?? []).filter((text) => text.startsWith('while away'));
    expect([...new Set(heard)]).toEqual(ids.map((_, i) => `while away ${String(i)}`));
    expect(stopped).toBe(1);
  }, 90_000);

  test('a killed Synapse is "down" until it is back, and then takes the same message once', async () => {
    const room = await portal('Killed');
    const send = {
      as: ghost,
      room,
      type: 'm.room.message',
      source: position(11),
      part: 'text',
      content: { msgtype: 'm.text', body: 'after the crash' },
    };
    await synapse.server.kill('SIGKILL');
    // The first call may still find the broken connection, which says nothing of what was done.
    const first = await matrix.homeserver.send(send);
    expect(first.ok ? 'sent' : first.error.kind).toMatch(/^(unclear|down)$/u);
    expect(await matrix.homeserver.send(send)).toMatchObject({ ok: false, error: { kind: 'down' } });
    await synapse.server.restart();
    const id = value(await matrix.homeserver.send(send));
    expect((await alice.message(room, 'after the crash')).getId()).toBe(id);
  }, 90_000);
});
