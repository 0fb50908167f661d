import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../../src/core/entry.ts';
import { must, parsePortalId } from '../../../../src/core/ids.ts';
import type { HomeserverFailure } from '../../../../src/core/ports/homeserver.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { draftOf } from '../../../support/journal.ts';
import { alice, eventDraft, position, room, sales, textDraft } from '../../../unit/policy/judging/made-entries.ts';
import { ruleText } from '../judging/judging-house.ts';
import { openRedactionHouse, Rooms, type RedactionHouse } from './redaction-house.ts';

const card = '4111 1111 1111 1111';
const bot = '@gatehouse:acme.example';
const internal = { direction: 'internal' } as const;
const rule = (then: string, more: object = {}): string =>
  ruleText('cards', { scope: { directions: ['internal', 'external'] }, then, ...more });
const said = (id: string, more: Parameters<typeof textDraft>[1] = {}): Draft =>
  textDraft(card, { ...internal, id, ...more });

const hows = async (house: RedactionHouse): Promise<readonly unknown[]> =>
  (await house.entries('policy.redacted')).map(({ body }) => [body.event, body.how]);

describe('What a rule wants gone from a room where we are nobody', () => {
  test.each(['redact', 'quarantine', 'block'])(
    'is taken away by the admin (%s); the original stays on record',
    async (then) => {
      await using house = await openRedactionHouse(rule(then));
      await house.put(said('$bad'), textDraft('hello', { ...internal, id: '$good' }));
      expect(house.rooms.done).toEqual([`${alice} $bad`]);
      const [verdict] = await house.entries('policy.verdict');
      expect(await house.entries('policy.redacted')).toMatchObject([
        { room, direction: 'internal', body: { of: 2, verdict: verdict?.position, event: '$bad', how: 'admin' } },
      ]);
      const [message] = await house.entries('matrix.event');
      expect(message?.body.content).toMatchObject({ body: card });
      expect(await house.left()).toBe(0);
    },
  );

  test('is told to its sender when it is known what came of it, and to a desk where a rule wanted more', async () => {
    await using house = await openRedactionHouse(rule('redact'));
    await house.put(said('$bad'));
    expect(house.told).toEqual(['policy.sender-told policy.redacted']);
    await using strict = await openRedactionHouse(rule('block'));
    await strict.put(said('$bad'));
    expect(strict.told).toContain('policy.desk-told policy.verdict');
    expect(strict.told.filter((one) => one.startsWith('policy.sender-told'))).toHaveLength(1);
  });

  test('is only told to its sender where a rule warns, and to nobody where it flags', async () => {
    await using warns = await openRedactionHouse(rule('warn'));
    await warns.put(said('$bad'));
    expect(warns.told).toContain('policy.sender-told policy.verdict');
    await using flags = await openRedactionHouse(rule('flag'));
    await flags.put(said('$bad'));
    expect(flags.told).toEqual([]);
    expect([...warns.rooms.done, ...flags.rooms.done]).toEqual([]);
  });

  test.each<readonly [string, Parameters<typeof openRedactionHouse>[1], Draft]>([
    ['without an admin token', { noAdmin: true }, said('$bad')],
    [
      'of a kind that the admin can not take',
      {},
      eventDraft({ topic: card }, { ...internal, id: '$bad', type: 'm.room.topic', stateKey: '' }),
    ],
  ])('and can not be taken away (%s) is on record as that, and a desk is told', async (_, kept, draft) => {
    await using house = await openRedactionHouse(rule('redact'), kept);
    await house.put(draft);
    expect(house.rooms.done).toEqual([]);
    expect(await hows(house)).toEqual([['$bad', 'not-possible']]);
    expect(house.told).toContain('policy.desk-told policy.redacted');
    expect(house.told).toContain('policy.sender-told policy.redacted');
  });

  test('is taken away by our own power where we have it and the admin can not', async () => {
    await using house = await openRedactionHouse(rule('redact'), { noAdmin: true });
    house.rooms.ours.add(room);
    await house.put(said('$bad'));
    expect(house.rooms.done).toEqual([`${bot} $bad`]);
    expect(await hows(house)).toEqual([['$bad', 'own-power']]);
  });

  test('goes with the messages over which it stretches', async () => {
    await using house = await openRedactionHouse(rule('redact', { together: 3 }));
    await house.put(
      textDraft('4111 1111', { ...internal, id: '$one' }),
      textDraft('1111 1111', { ...internal, id: '$two' }),
    );
    expect(house.rooms.done.toSorted()).toEqual([`${alice} $one`, `${alice} $two`]);
    expect(house.told.filter((one) => one.startsWith('policy.sender-told'))).toHaveLength(1);
  });

  test.each<HomeserverFailure>([
    { kind: 'unclear', detail: 'ECONNRESET' },
    { kind: 'rate-limited', afterMs: 0 },
  ])('is tried again while the homeserver is not sure: $kind', async (failure) => {
    await using house = await openRedactionHouse(rule('redact'));
    house.rooms.failures.push(failure, failure);
    await house.put(said('$bad'));
    expect(house.rooms.done).toEqual([`${alice} $bad`]);
    expect(await hows(house)).toEqual([['$bad', 'admin']]);
  });
});

describe('What a rule wants gone from a chat with a customer', () => {
  const portal = must(parsePortalId('p1'));
  const note = (id: string): Draft => ({ ...said(id), portal, line: sales.id });

  test('is redacted as ourselves alone: a redaction in its sender’s name would be their wish', async () => {
    await using house = await openRedactionHouse(rule('redact'));
    house.rooms.ours.add(room);
    await house.put(note('$note'));
    expect(house.rooms.done).toEqual([`${bot} $note`]);
    house.rooms.ours.clear();
    await house.put(note('$other'));
    expect(await hows(house)).toEqual([
      ['$note', 'own-power'],
      ['$other', 'not-possible'],
    ]);
  });
});

describe('What a rule wants gone that was edited on its way out', () => {
  test('goes with the text of before, which nobody has judged', async () => {
    const portal = must(parsePortalId('p1'));
    const outbound = { direction: 'outbound' } as const;
    await using house = await openRedactionHouse(rule('redact'));
    house.rooms.ours.add(room);
    await house.put(
      { ...textDraft('clean', { ...outbound, id: '$first' }), portal },
      { ...textDraft('clean too', { ...outbound, id: '$edit' }), portal },
    );
    const judged = { rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [], unread: [] };
    const body = { ...judged, of: position(2), version: position(3), consequence: 'redact' as const };
    await house.put(draftOf('policy.verdict', body, { ...outbound, room, portal }));
    expect(house.rooms.done).toEqual([`${bot} $first`, `${bot} $edit`]);
    expect(await hows(house)).toEqual([
      ['$first', 'own-power'],
      ['$edit', 'own-power'],
    ]);
  });

  test('stays where the customer wrote it: it was never shown as it is', async () => {
    await using house = await openRedactionHouse(rule('redact'));
    const judged = { rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [], unread: [] };
    await house.put(
      said('$x'),
      draftOf('policy.verdict', { ...judged, of: position(2), consequence: 'redact' }, { room, direction: 'inbound' }),
    );
    expect((await house.entries('policy.redacted')).filter(({ direction }) => direction === 'inbound')).toEqual([]);
  });
});

type Line =
  | 'before the verdict is on record'
  | 'when it is done and nobody knows'
  | 'before it is on record'
  | 'when it is on record';
const lines: readonly Line[] = [
  'before the verdict is on record',
  'when it is done and nobody knows',
  'before it is on record',
  'when it is on record',
];

describe('Whoever takes it away, killed', () => {
  const cases = lines.flatMap((line) => (['admin', 'own-power'] as const).map((how) => [line, how] as const));
  test.each(cases)('%s (%s): there is one redaction, and it is on record once', async (line, how) => {
    const rooms = new Rooms();
    if (how === 'own-power') rooms.ours.add(room);
    const struck = Promise.withResolvers<undefined>();
    const forever = <T>(): Promise<T> => {
      struck.resolve(undefined);
      return new Promise<T>(() => undefined);
    };
    const kind = line === 'before the verdict is on record' ? 'policy.verdict' : 'policy.redacted';
    const append =
      (journal: Recorder): Recorder['append'] =>
      async (drafts, also) => {
        const hits = drafts.some((draft) => draft.kind === kind) && line !== 'when it is done and nobody knows';
        if (hits && line !== 'when it is on record') return forever();
        const appended = await journal.append(drafts, also);
        return hits ? forever() : appended;
      };
    if (line === 'when it is done and nobody knows') rooms.after = () => forever();
    const noAdmin = how === 'own-power';
    const house = await openRedactionHouse(rule('redact'), { rooms, append, noAdmin });
    await house.test.journal.append([said('$bad'), textDraft('hello', internal)]);
    await struck.promise;
    const stopped = house.runner.stop(1);
    house.clock.advance(10_000);
    await Promise.race([stopped, new Promise((resolve) => setImmediate(resolve))]);
    await house.test.close();

    rooms.after = () => Promise.resolve();
    const { clock, test: kept } = house;
    await using next = await openRedactionHouse(rule('redact'), { rooms, noAdmin, clock, place: kept.place });
    await next.runner.idle();
    expect(rooms.done).toEqual([`${how === 'admin' ? alice : bot} $bad`]);
    expect(await hows(next)).toEqual([['$bad', how]]);
    expect(await next.entries('policy.verdict')).toHaveLength(1);
    expect(await next.left()).toBe(0);
  });
});
