/** Every way in which one text is read: as it stands folded, its numbers alone, and its words without their disguise. */
import type { Readings } from '../normalised.ts';
import { digitRuns } from './digits.ts';
import { fold } from './fold.ts';
import { undisguised } from './leet.ts';

/** Linear in the text. `leet` is absent where no word has a digit or a sign in it and no letters stand alone in a row. */
export function readingsOf(text: string): Readings {
  const plain = fold(text);
  const leet = undisguised(plain);
  return { plain, digits: digitRuns(plain), ...(leet === undefined ? {} : { leet }) };
}
