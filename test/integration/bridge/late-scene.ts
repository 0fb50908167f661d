/** A message that went out, what staff do to it then, and a house that dies meanwhile: played in as many lives as it takes. */
import { expect } from '@jest/globals';
import type { EventId, RoomId } from '../../../src/core/ids.ts';
import type { SendResult } from '../../../src/core/ports/outbound.ts';
import type { Death, DiesAt } from '../../support/dies-at.ts';
import { nextLife } from './dead-house.ts';
import { chatIn, editOf } from './gate-acts.ts';
import { alice, openHouse, type House } from './house.ts';

export const ABLE = { edit: 2, delete: 2, reaction: 2, reaction_count: 1 } as const;
export const LATER_MS = 60_000;

export interface Wrote {
  readonly house: House;
  readonly room: RoomId;
  /** `Helo`, which went out. */
  readonly event: EventId;
}

export interface Scene {
  readonly judged?: true;
  /** What the network can do, and what it answers. */
  readonly able?: Partial<typeof ABLE> | Record<string, never>;
  readonly answers?: readonly SendResult[];
  readonly before?: (wrote: Wrote) => Promise<unknown>;
  readonly act: (wrote: Wrote) => unknown;
  readonly expects: (house: House, wrote: Wrote) => Promise<void> | void;
}

/** Plays the scene to its end, in one life or in two. Of every attempt the record has one outcome. */
export async function play(scene: Scene, dies: DiesAt, death: Death): Promise<void> {
  const { judged = false } = scene;
  const house = await openHouse({ dies, judged }, undefined, () => 0.5);
  house.network.able = scene.able ?? ABLE;
  const room = await chatIn(house);
  const { body } = await house.write(alice, room, 'Helo');
  await house.pass(3_000);
  const wrote = { house, room, event: body.event_id };
  house.network.changeAnswers.push(...(scene.answers ?? []));
  await scene.before?.(wrote);
  dies.plan(death);
  await scene.act(wrote);
  const lives = await dies.survives(house.pass(LATER_MS));
  const last = lives ? house : await nextLife(house, judged);
  for (let minutes = 0; minutes < 3; minutes += 1) await last.pass(LATER_MS);
  await scene.expects(last, wrote);
  await expectOneOutcomeEach(last);
  await last.stop();
  await house.test[Symbol.asyncDispose]();
}

export async function expectOneOutcomeEach(house: House): Promise<void> {
  const attempts = (await house.entries('delivery.attempt')).map(({ body }) => `${body.of}/${body.attempt}`);
  const outcomes = (await house.entries('delivery.outcome')).filter(({ body }) => body.target === 'network');
  expect(new Set(attempts).size).toBe(attempts.length);
  expect(outcomes).toHaveLength(attempts.length);
  const told = outcomes.map(({ source }) => source.id.replace('outcome/', ''));
  expect(told.toSorted()).toEqual(attempts.toSorted());
  expect(await house.test.journal.stale()).toEqual([]);
}

export function said(house: House, room: RoomId): readonly string[] {
  return house
    .shown(room)
    .filter((line) => line.startsWith('@gatehouse'))
    .map((line) => line.replace('@gatehouse:acme.example: ', ''));
}

/** As a client does it, at once; the house has not heard of it. */
export const edits = ({ house, room, event }: Wrote, text = 'Hello'): void => {
  house.homeserver.write(alice, room, { content: { msgtype: 'm.text', body: `* ${text}`, ...editOf(event, text) } });
};
export const deletes = ({ house, room, event }: Wrote): void => {
  house.homeserver.write(alice, room, { type: 'm.room.redaction', content: {}, redacts: event });
};
