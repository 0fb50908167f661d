/** What is asked of Synapse's admin API, and what its answers mean, however it fails. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { must, parseEventId, parseMediaUri, parseRoomId } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { AdminErasing } from '../../../src/matrix/admin-erasing.ts';
import { quietSdks } from '../../../src/matrix/sdk-logs.ts';
import { httpPeer, type HttpPeer } from '../../support/http-peer.ts';
import { KeptLog } from '../../support/quiet.ts';

const room = must(parseRoomId('!office:acme.example'));
const event = must(parseEventId('$old'));
const media = must(parseMediaUri('mxc://acme.example/abc'));
const ROOM = encodeURIComponent(room);
const signal = new AbortController().signal;

interface Answer {
  readonly status?: number;
  readonly says: unknown;
}
const notFound: Answer = { status: 404, says: { errcode: 'M_NOT_FOUND', error: 'no' } };
/** What a proxy in front of Synapse says of a path that it does not serve. */
const notServed: Answer = { status: 404, says: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } };

let peer: HttpPeer;
const answers = new Map<string, readonly Answer[]>();
const asked: string[] = [];
let admin: AdminErasing;

beforeEach(async () => {
  quietSdks(new KeptLog());
  answers.clear();
  asked.length = 0;
  peer = await httpPeer((request, response) => {
    const { status = 200, says } = next(request) ?? { status: 500, says: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(says));
  });
  admin = new AdminErasing({ url: peer.url, token: 'of the admin', domain: 'acme.example', clock: systemClock });
});
afterEach(async () => {
  await peer[Symbol.asyncDispose]();
});

function next(request: IncomingMessage): Answer | undefined {
  const line = `${request.method ?? ''} ${(request.url ?? '').replace('/_synapse/admin/', '')}`;
  asked.push(line);
  const [first, ...rest] = answers.get(line) ?? [];
  if (rest.length > 0) answers.set(line, rest);
  return first;
}

describe('History', () => {
  const begin = `POST v1/purge_history/${ROOM}`;
  const status = 'GET v1/purge_history_status/p1';

  test('is purged when the homeserver says that it is over', async () => {
    answers.set(begin, [{ says: { purge_id: 'p1' } }]);
    answers.set(status, [{ says: { status: 'active' } }, { says: { status: 'complete' } }]);
    expect(await admin.purge({ room, before: event }, signal)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual([begin, status, status]);
  });

  test.each([
    ['broke it off', [{ says: { status: 'failed' } }], 'refused'],
    ['forgot it when it was started again', [notFound], 'not-found'],
    ['says something else', [{ says: { status: 'well' } }], 'down'],
    ['is busy', [{ status: 503, says: {} }], 'down'],
  ])('is not purged where the homeserver %s', async (_what, said, kind) => {
    answers.set(begin, [{ says: { purge_id: 'p1' } }]);
    answers.set(status, said);
    expect(await admin.purge({ room, before: event }, signal)).toMatchObject({ ok: false, error: { kind } });
  });

  test('is not waited for once the house stops', async () => {
    answers.set(begin, [{ says: { purge_id: 'p1' } }]);
    expect(await admin.purge({ room, before: event }, AbortSignal.abort())).toMatchObject({ ok: false });
  });

  test('is listed oldest first, and the last page has none after it', async () => {
    const first = `GET v1/rooms/${ROOM}/messages?dir=f&limit=100`;
    const chunk = [{ event_id: '$create', state_key: '', type: 'm.room.create' }, { event_id: '$old' }];
    answers.set(first, [{ says: { chunk, start: 't0', end: 't2' } }]);
    answers.set(`${first}&from=t2`, [{ says: { chunk: [], start: 't2', end: 't2' } }]);
    const events = [
      { id: '$create', isState: true },
      { id: '$old', isState: false },
    ];
    expect(await admin.oldest(room)).toEqual({ ok: true, value: { events, next: 't2' } });
    expect(await admin.oldest(room, 't2')).toEqual({ ok: true, value: { events: [] } });
  });
});

describe('An event', () => {
  const row = `GET v1/fetch_event/${encodeURIComponent(event)}`;
  const seen = `GET v1/rooms/${ROOM}/context/${encodeURIComponent(event)}?limit=0`;
  const there: Answer = { says: { event: { type: 'm.room.message', content: { body: 'hello' } } } };

  test.each([
    ['there', there, there],
    ['there', there, notFound],
    // Its row holds the text for a while: that it is redacted shows only where people read it.
    ['redacted', there, { says: { event: { content: {}, unsigned: { redacted_because: {} } } } }],
    ['gone', notFound, notFound],
  ])('is %s', async (value, atRow: Answer, atSeen: Answer) => {
    answers.set(row, [atRow]);
    answers.set(seen, [atSeen]);
    expect(await admin.look({ room, event })).toEqual({ ok: true, value });
  });

  test.each([notServed, { status: 403, says: { errcode: 'M_FORBIDDEN', error: 'no admin' } }, { says: {} }])(
    'is never said to be gone where nobody could look: %j',
    async (answer) => {
      answers.set(row, [answer]);
      expect(await admin.look({ room, event })).toMatchObject({ ok: false });
    },
  );
});

describe('A room', () => {
  const details = `GET v1/rooms/${ROOM}`;
  const begin = `DELETE v2/rooms/${ROOM}`;
  const status = 'GET v2/rooms/delete_status/d1';

  test('is known by who is in it', async () => {
    answers.set(details, [{ says: { joined_local_members: 3 } }, notFound, notServed]);
    expect(await admin.joined(room)).toEqual({ ok: true, value: 3 });
    expect(await admin.joined(room)).toEqual({ ok: true, value: undefined });
    expect(await admin.joined(room)).toMatchObject({ ok: false });
  });

  test('is deleted when the homeserver says that it is over, and one that is gone is no failure', async () => {
    answers.set(begin, [{ says: { delete_id: 'd1' } }, notFound]);
    answers.set(status, [{ says: { status: 'scheduled' } }, { says: { status: 'complete' } }]);
    expect(await admin.deleteRoom(room, signal)).toEqual({ ok: true, value: undefined });
    expect(await admin.deleteRoom(room, signal)).toEqual({ ok: true, value: undefined });
    expect(asked).toEqual([begin, status, status, begin]);
  });
});

describe('A file', () => {
  const remove = 'DELETE v1/media/acme.example/abc';

  test('is gone once it was deleted, by whomever', async () => {
    answers.set(remove, [{ says: { deleted_media: ['abc'], total: 1 } }, notFound]);
    expect(await admin.deleteMedia(media)).toEqual({ ok: true, value: 'gone' });
    expect(await admin.deleteMedia(media)).toEqual({ ok: true, value: 'gone' });
  });

  test('of another server is not ours to delete', async () => {
    const theirs = must(parseMediaUri('mxc://partner.example/abc'));
    expect(await admin.deleteMedia(theirs)).toEqual({ ok: true, value: 'not-ours' });
    expect(asked).toEqual([]);
  });

  test('is not gone where the homeserver refuses', async () => {
    answers.set(remove, [notServed]);
    expect(await admin.deleteMedia(media)).toMatchObject({ ok: false });
  });
});
