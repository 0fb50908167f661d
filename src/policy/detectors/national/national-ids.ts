/** One detector for each country whose numbers of persons have a check digit or a form of their own. */
import type { Detector } from '../../detector.ts';
import { americas } from './americas.ts';
import { asiaPacificAfrica } from './asia-pacific-africa.ts';
import { easternEurope } from './eastern-europe.ts';
import { northernEurope } from './northern-europe.ts';
import { southernEurope } from './southern-europe.ts';
import { westernEurope } from './western-europe.ts';
import { nationalId } from './national-id.ts';

export const nationalIds: readonly Detector[] = [
  ...westernEurope,
  ...southernEurope,
  ...northernEurope,
  ...easternEurope,
  ...americas,
  ...asiaPacificAfrica,
].map(nationalId);
