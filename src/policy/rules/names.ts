/** Names and numbers in a file of rules, checked and branded. */
import { z } from 'zod';
import { say } from '../../config/problem.ts';
import { idSchema } from '../../config/values/ids.ts';
import { must, parseDetectorId, parseLexiconId, parseNetworkId, parseRoomId, parseRuleId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import { detectorNames as detectors } from './detector-names.ts';

export const ruleId = idSchema(parseRuleId, 'use lower-case letters, digits and -, for example card-number');
export const lexiconId = idSchema(
  parseLexiconId,
  'write the name of its file without .txt, for example off-channel-en',
);
export const networkId = idSchema(parseNetworkId, 'write a network, for example sms');
/** An alias can be given to another room, so a rule names a room by its id. */
export const roomId = idSchema(parseRoomId, 'write it like "!abc:acme.example", in quotes');

export const detectorName = z
  .enum(detectors, { error: ({ input }) => noDetector(input) })
  .transform((name) => must(parseDetectorId(name)));

function noDetector(input: unknown): string {
  if (typeof input !== 'string') return say('must be the name of a detector', 'write it like: detector: card');
  const meant = nearest(input, detectors);
  return meant === undefined
    ? say(`"${input.slice(0, 80)}" is no detector`, `write one of: ${detectors.join(', ')}`)
    : say(`"${input.slice(0, 80)}" is no detector (did you mean ${meant}?)`, `write ${meant}`);
}

/** A whole number from `least` to `most`. */
export function whole(least: number, most: number) {
  const words = {
    error: ({ input }: { readonly input?: unknown }) => {
      const nearestTo = typeof input === 'number' && input > most ? most : least;
      return say(`is not a whole number from ${String(least)} to ${String(most)}`, `write ${String(nearestTo)}`);
    },
  };
  return z.number(words).int(words).min(least, words).max(most, words);
}

/** A number from `least` to `most`, such as a confidence. */
export function fraction(least: number, most: number) {
  const words = { error: say(`is not a number from ${String(least)} to ${String(most)}`, 'write it like 0.85') };
  return z.number(words).min(least, words).max(most, words);
}

/** A text of 1 to `most` characters. */
export function words(most: number) {
  return z
    .string()
    .min(1, { error: say('is empty', 'write something, or remove it') })
    .max(most);
}
