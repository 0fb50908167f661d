import { describe, expect, test } from '@jest/globals';
import { RunProgress } from '../../../src/bot/compliance/run-progress.ts';
import type { Entry } from '../../../src/core/entry.ts';
import { must, parseClassId, parseEventId, parsePosition } from '../../../src/core/ids.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';
import { FakeHomeserver } from './fake-homeserver.ts';
import { olivia, room } from './samples.ts';

const desk = room('!desk:acme.example');
const [asked, run] = [must(parsePosition(1)), must(parsePosition(2))];

function entries(clock: ManualClock, byDesk: boolean): readonly Entry[] {
  const at = { by: olivia, room: desk, event: must(parseEventId('$asked')) };
  const common = {
    ...{ at: clock.now(), recordedAt: clock.now(), v: 1, class: must(parseClassId('short')) },
    source: { system: 'gatehouse', id: 'x', sure: true },
  };
  const hash = 'a'.repeat(64);
  return [
    { ...common, position: asked, kind: 'retention.asked', body: { act: 'run', ...(byDesk ? { at } : {}) } },
    {
      ...{ ...common, position: run, kind: 'retention.run' },
      body: { because: asked, classes: hash, until: clock.now(), size: 1, root: '' },
    },
  ];
}

function progressOf(byDesk: boolean) {
  const [clock, homeserver] = [new ManualClock(), new FakeHomeserver()];
  const all = entries(clock, byDesk);
  const read = (position: number): Promise<Entry | undefined> => Promise.resolve(all[position - 1]);
  return { clock, homeserver, progress: new RunProgress({ homeserver, read, clock, log: new KeptLog() }) };
}

async function told(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('how far a run is', () => {
  test('is not told while nobody waits long, then in one message that changes', async () => {
    const { clock, homeserver, progress } = progressOf(true);
    progress.at(run, 1, 10);
    await told();
    expect(homeserver.sentIn(desk)).toEqual([]);
    for (const done of [3, 6]) {
      clock.advance(20_000);
      progress.at(run, done, 10);
      await told();
    }
    const [first, ...more] = homeserver.sentIn(desk);
    expect(first?.content['body']).toBe('The run goes through the record: 30 %');
    const last = more.at(-1)?.content;
    expect(last).toMatchObject({
      'm.new_content': { body: 'The run goes through the record: 60 %' },
      'm.relates_to': { rel_type: 'm.replace', event_id: first?.event },
    });
    expect(more.every(({ content }) => content['m.new_content'] !== undefined)).toBe(true);
  });

  test('of a nightly one is told to nobody', async () => {
    const { clock, homeserver, progress } = progressOf(false);
    progress.at(run, 1, 10);
    clock.advance(60_000);
    progress.at(run, 5, 10);
    await told();
    expect(homeserver.sentIn(desk)).toEqual([]);
  });
});
