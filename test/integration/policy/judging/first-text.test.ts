import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseEventId, type RoomId } from '../../../../src/core/ids.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { draftOf } from '../../../support/journal.ts';
import { alice, sales } from '../../bridge/house.ts';
import { openBridgedHouse, type BridgedHouse } from './bridged-house.ts';
import { ruleText } from './judging-house.ts';

const card = 'my card: 4111 1111 1111 1111';
const long = `${card} ${'and so on '.repeat(200)}`;
const other = must(parseAddress('+12025550177'));

/** As `!sms <number> <text>` asks for it, in the chat with another customer. */
async function ask(house: BridgedHouse, text: string): Promise<void> {
  await house.receive('Hi');
  const { position: because } = await house.write(`!sms ${other} ${text}`);
  const body = { line: sales.id, network: sales.network, address: other, by: alice, because, text };
  await house.append({ ...draftOf('portal.wanted', body), class: sales.class });
}

/** All that stands in the room that was opened for it, the oldest first. */
async function standing(house: BridgedHouse): Promise<readonly string[]> {
  const events = house.homeserver.rooms.get(await roomOf(house))?.events ?? [];
  return events
    .filter(({ type }) => type === 'm.room.message' || type === 'm.reaction')
    .map(({ content }) => JSON.stringify(content['body'] ?? content['m.relates_to']));
}

async function roomOf(house: BridgedHouse): Promise<RoomId> {
  const opened = (await house.entries('portal.opened')).at(-1);
  if (opened === undefined) throw new Error('no chat');
  return opened.body.room;
}

const hidden =
  'alice wrote: ••••\n(A company rule took this out: looks like a payment card number (ends 1111). The original is on record, number';

describe('A first text that was asked for with a command', () => {
  test('is shown without its words where a rule wants them gone; what stops it is said under it', async () => {
    await using house = await openBridgedHouse(ruleText('cards', { then: 'redact' }));
    await ask(house, card);
    const [wanted] = await house.entries('portal.wanted');
    const [said, , why] = await standing(house);
    expect(said).toBe(JSON.stringify(`${hidden} ${wanted?.position}.)`));
    expect(why).toContain('Not sent: a company rule stopped it');
    expect((await standing(house)).join('\n')).not.toContain('4111');
    expect(house.sent).toEqual([]);
    // What says it without its words stays; the command goes.
    const [command] = (await house.entries('policy.redacted')).map(({ body }) => body.event);
    const written = (await house.entries('matrix.event')).find(({ body }) => body.event_id === command);
    expect(written?.body.content['body']).toContain('!sms');
    expect(await house.entries('policy.redacted')).toHaveLength(1);
  });

  test.each(['flag', 'warn', 'quarantine', 'block'])(
    'is shown as it was written where a rule says %s',
    async (then) => {
      await using house = await openBridgedHouse(ruleText('cards', { then }));
      await ask(house, card);
      const [said] = await standing(house);
      expect(said).toBe(JSON.stringify(`alice wrote: ${card}`));
      expect(await house.entries('policy.redacted')).toEqual([]);
      expect(house.sent).toEqual(then === 'flag' ? [card] : []);
    },
  );

  test('that no network can carry is taken away where @gatehouse showed it', async () => {
    await using house = await openBridgedHouse(ruleText('cards', { then: 'block' }));
    await ask(house, long);
    const [wanted] = await house.entries('portal.wanted');
    const shown = (await house.entries('delivery.outcome')).find(
      ({ body }) => body.of === wanted?.position && body.eventId,
    );
    const gone = (await house.entries('policy.redacted')).map(({ body }) => [body.of, body.event, body.how]);
    expect(gone).toHaveLength(2);
    expect(gone).toContainEqual([wanted?.position, shown?.body.eventId, 'own-power']);
    expect((await standing(house)).join('\n')).not.toContain('4111');
    expect(house.sent).toEqual([]);
  });

  test('that came to be shown after its verdict goes all the same', async () => {
    await using house = await openBridgedHouse(ruleText('cards', { then: 'redact' }));
    await ask(house, card);
    const [wanted] = await house.entries('portal.wanted');
    const of = wanted?.position;
    if (of === undefined) throw new Error('not wanted');
    const room = await roomOf(house);
    const sent = await house.homeserver.send({
      ...{ as: house.homeserver.gatehouse, room, type: 'm.room.message', source: of, part: 'text' },
      content: { msgtype: 'm.notice', body: `alice wrote: ${card}` },
    });
    const eventId = must(parseEventId(sent.ok ? sent.value : ''));
    await house.append(draftOf('delivery.outcome', { of, target: 'matrix', state: 'sent', eventId }, { room }));
    expect((await house.entries('policy.redacted')).map(({ body }) => body.event)).toContain(eventId);
    expect((await standing(house)).join('\n')).not.toContain('4111');
  });
});

const kinds = ['delivery.outcome', 'policy.verdict', 'policy.redacted'] as const;
const whens = ['before', 'after'] as const;
const cases = kinds.flatMap((kind) =>
  whens.flatMap((when) => [[kind, when, 'redact', card] as const, [kind, when, 'block', long] as const]),
);

describe('A first text that a rule wants gone, killed', () => {
  test.each(cases)('at %s, %s it is on record (%s): ends as without', async (kind, when, then, text) => {
    const struck = Promise.withResolvers<undefined>();
    const forever = <T>(): Promise<T> => {
      struck.resolve(undefined);
      return new Promise<T>(() => undefined);
    };
    let isArmed = false;
    const append =
      (journal: Recorder): Recorder['append'] =>
      async (drafts, also) => {
        const hits = isArmed && drafts.some((draft) => draft.kind === kind);
        if (hits && when === 'before') return forever();
        const appended = await journal.append(drafts, also);
        return hits ? forever() : appended;
      };
    const rule = ruleText('cards', { then });
    const house = await openBridgedHouse(rule, { append });
    await house.receive('Hi');
    isArmed = true;
    ask(house, text).catch(() => undefined);
    await struck.promise;
    await house.die();

    const { place, homeserver, clock } = house;
    await using next = await openBridgedHouse(rule, { place, homeserver, clock });
    await next.settle();
    clock.advance(60_000);
    await next.settle();
    expect((await standing(next)).join('\n')).not.toContain('4111');
    expect(await next.entries('policy.verdict')).toHaveLength(1);
    expect(next.sent).toEqual([]);
    const said = (await standing(next)).filter((line) => line.includes('alice wrote'));
    expect(said).toHaveLength(then === 'redact' ? 1 : 0);
    const gone = (await next.entries('policy.redacted')).map(({ body }) => body.event);
    expect(gone).toHaveLength(then === 'redact' ? 1 : 2);
    expect(new Set(gone).size).toBe(gone.length);
  });
});
