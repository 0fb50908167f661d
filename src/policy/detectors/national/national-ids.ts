/** One detector for each country whose numbers of persons have a check digit or a form of their own. */
import type { Detector } from '../../detector.ts';
import { americas } from './americas.ts';
import { asiaPacificAfrica } from './asia-pacific-africa.ts';
import { easternEurope } from './eastern-europe.ts';
import { northernEurope } from './northern-europe.ts';
import { southernEurope } from './southern-europe.ts';
import { westernEurope } from './western-europe.ts';
import { Lettered } from './lettered.ts';
import { nationalId } from './national-id.ts';
import type { Nation } from './number-kind.ts';

const nations: readonly Nation[] = [
  ...westernEurope,
  ...southernEurope,
  ...northernEurope,
  ...easternEurope,
  ...americas,
  ...asiaPacificAfrica,
];

const lettered = new Lettered(
  nations.flatMap(({ kinds }) => kinds.flatMap((kind) => (kind.is === 'letters' ? [kind.pattern] : []))),
);

export const nationalIds: readonly Detector[] = nations.map((nation) => nationalId(nation, lettered));
