/** Two other programs for the same job, each with its defaults. */
import { z } from 'zod';

import { load, make, method, versionOf } from './installed.ts';
import { judged, placesByRule } from './ours.ts';
import type { Judge } from '../../src/policy/verdict.ts';

export interface Contestant {
  readonly name: string;
  /** Whether anything in it is to be flagged, and which stretches of it are covered. */
  look(text: string): Promise<Seen>;
}

export interface Seen {
  readonly flagged: boolean;
  covers(start: number, end: number): boolean;
}

export function ours(judge: Judge): Contestant {
  return {
    name: 'Gatehouse, every detector',
    look: (text) => {
      const places = [...placesByRule(judged(judge, text)).values()].flat();
      return Promise.resolve(seen(places.map(({ start, end }) => [start, end])));
    },
  };
}

const detections = z.object({ detections: z.array(z.object({ position: z.tuple([z.number(), z.number()]) })) });

export function openRedaction(): Contestant {
  const name = '@openredaction/openredaction';
  const detect = method(make(load(name), 'OpenRedaction'), 'detect');
  return {
    name: `${name} ${versionOf(name)}`,
    look: async (text) => {
      const answer = detections.parse(await detect(text));
      return seen(answer.detections.map(({ position }) => position));
    },
  };
}

/** It gives the redacted text and no places: what was a value's place is covered when the value no longer stands in it. */
export function redactPii(): Contestant {
  const name = 'redact-pii';
  const redact = method(make(load(name), 'SyncRedactor'), 'redact');
  return {
    name: `${name} ${versionOf(name)}`,
    look: (text) => {
      const left = z.string().parse(redact(text));
      return Promise.resolve({
        flagged: left !== text,
        covers: (start, end) => !left.includes(text.slice(start, end)),
      });
    },
  };
}

function seen(places: readonly (readonly [number, number])[]): Seen {
  return {
    flagged: places.length > 0,
    covers: (start, end) => places.some(([from, to]) => Math.min(to, end) - Math.max(from, start) >= (end - start) / 2),
  };
}
