import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CheckedStart } from '../../../src/app/checked-start.ts';
import { askElsewhere, type ElsewhereOptions } from '../../../src/app/elsewhere.ts';
import { markUnchecked, readAhead, uncheckedSince } from '../../../src/app/known-elsewhere.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { must, parseDeskId, parsePosition, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { Done } from '../../../src/core/ports/homeserver.ts';
import { err, ok } from '../../../src/core/result.ts';
import type { OwnWord } from '../../../src/matrix/own-words.ts';
import { DOMAIN, Installed } from '../../support/backed-up.ts';
import { draftOf, noteDraft } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';

// A guard against hanging, with room for a machine that is busy with other suites.
const gatehouse = must(parseUserId(`@gatehouse:${DOMAIN}`));
const compliance = must(parseUserId(`@compliance:${DOMAIN}`));
const room = must(parseRoomId(`!desk:${DOMAIN}`));
const desk = must(parseDeskId('main'));

let house: Installed;
let clock: ManualClock;
beforeEach(async () => {
  clock = new ManualClock();
  house = await Installed.make([bridgeWriterPart({ domain: DOMAIN })]);
  await house.record(draftOf('room.made', { room, use: { kind: 'desk', desk } }));
  await house.record(...Array.from({ length: 20 }, (_, i) => noteDraft(`note ${i}`)));
  await house.publish();
});
afterEach(() => house[Symbol.asyncDispose]());

/** A homeserver in whose desk room our users said this. */
async function asked(words: () => Done<readonly OwnWord[]>): Promise<ElsewhereOptions> {
  return {
    config: { desks: [{ id: desk }], homeserver: { domain: DOMAIN } },
    journal: await house.journal(),
    homeserver: { gatehouse, compliance },
    ownWords: words,
    clock,
  };
}

function said(...words: readonly OwnWord[]): () => Done<readonly OwnWord[]> {
  return () => Promise.resolve(ok(words));
}

function source(position: number, epoch = 1): OwnWord {
  return { source: { position: must(parsePosition(position)), part: 'text', epoch } };
}

const down = (): Done<readonly OwnWord[]> => Promise.resolve(err({ kind: 'down', detail: 'refused' }));

describe('what the homeserver remembers of the record', () => {
  test('is no more than is here, as long as nothing was put back', async () => {
    const checkpoint = (await house.files.readText('checkpoint')) ?? '';
    expect(await askElsewhere(await asked(said({ checkpoint }, source(5), source(21))))).toEqual({ is: 'here' });
  });

  test('is more when the machine was put back: a checkpoint in the desk shows it', async () => {
    const old = join(house.dir, 'old');
    await house.close();
    await cp(house.data, old, { recursive: true });
    await house.record(...Array.from({ length: 10 }, (_, i) => noteDraft(`lost ${i}`)));
    await house.publish();
    const checkpoint = (await house.files.readText('checkpoint')) ?? '';
    await house.close();
    await rm(house.data, { recursive: true });
    await cp(old, house.data, { recursive: true });
    expect(await askElsewhere(await asked(said({ checkpoint })))).toMatchObject({
      is: 'ahead',
      ahead: { origin: 'gatehouse/acme.example', size: 32, where: 'the checkpoint in the room of the desk main' },
    });
  });

  test('is more when something of ours shows a record that is not here, or a later epoch', async () => {
    expect(await askElsewhere(await asked(said(source(9), source(400))))).toMatchObject({
      is: 'ahead',
      ahead: { size: 400, root: '' },
    });
    expect(await askElsewhere(await asked(said(source(9, 2))))).toMatchObject({
      is: 'ahead',
      ahead: { origin: 'gatehouse/acme.example/2', size: 9 },
    });
  });

  test('is not believed from a checkpoint that we did not sign', async () => {
    const forged = 'gatehouse/acme.example\n900\nAAAA\n\n— gatehouse/acme.example AAAA\n';
    expect(await askElsewhere(await asked(said({ checkpoint: forged })))).toEqual({ is: 'here' });
  });

  test('is not known while it does not answer, or takes too long', async () => {
    expect(await askElsewhere(await asked(down))).toEqual({ is: 'silent' });
    const never = askElsewhere(await asked(() => new Promise(() => undefined)));
    clock.advance(6_000);
    expect(await never).toEqual({ is: 'silent' });
  });

  test('of a room that we are not in any more is nothing', async () => {
    const forbidden = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: 'not in the room' } as const;
    expect(await askElsewhere(await asked(() => Promise.resolve(err(forbidden))))).toEqual({ is: 'here' });
  });
});

describe('a start', () => {
  const told = new Map<string, string>();
  const warnings = { set: told.set.bind(told), clear: told.delete.bind(told) };

  async function start(): Promise<CheckedStart> {
    const journal = await house.journal();
    return new CheckedStart({ data: house.data, head: () => journal.reader.stats(), clock, log: new KeptLog() });
  }

  test('on an old record is refused in words, and the next one without asking again', async () => {
    const options = await asked(said(source(400)));
    const checked = await start();
    const first = await checked.first({ ask: () => askElsewhere(options), warnings });
    expect(first.ok ? '' : first.error).toContain(
      'put back to an earlier state: a message of ours in the room of the desk main',
    );
    expect(first.ok ? '' : first.error).toContain('gatehouse restore --here');
    expect(await readAhead(house.data)).toMatchObject({ size: 400 });
    expect(await (await start()).known()).toMatchObject({ ok: false });
    await house.record(...Array.from({ length: 400 }, (_, i) => noteDraft(`newer ${i}`)));
    expect(await (await start()).known()).toEqual({ ok: true, value: undefined });
  });

  test('without an answer takes in only, and begins when there is one', async () => {
    let answer = down;
    const options = await asked(() => answer());
    const checking = { ask: () => askElsewhere(options), warnings };
    await using checked = await start();
    expect(await checked.first(checking)).toEqual({ ok: true, value: false });
    expect(told.get('unchecked-start')).toContain('nothing is shown or sent until it answers');
    expect(await uncheckedSince(house.data)).toBe(22);
    const began = Promise.withResolvers<undefined>();
    checked.keepAsking(checking, () => {
      began.resolve(undefined);
      return Promise.resolve();
    });
    answer = said(source(3));
    clock.advance(3_000);
    await began.promise;
    await checked.sure;
    expect(told.has('unchecked-start')).toBe(false);
    expect(await uncheckedSince(house.data)).toBeUndefined();
  });

  test('that finds out later ends, and what it took in is of the next epoch', async () => {
    let answer = down;
    const options = await asked(() => answer());
    const checking = { ask: () => askElsewhere(options), warnings };
    await using checked = await start();
    await checked.first(checking);
    checked.keepAsking(checking, () => Promise.reject(new Error('it must not begin')));
    await house.record(noteDraft('taken in meanwhile'));
    answer = said(source(400));
    clock.advance(3_000);
    expect(await checked.failed).toContain('put back to an earlier state');
    expect(await uncheckedSince(house.data)).toBe(22);
    // A further start that can't ask does not move the line.
    await markUnchecked(house.data, 23);
    expect(await uncheckedSince(house.data)).toBe(22);
  });
});
