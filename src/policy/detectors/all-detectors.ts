/** Every detector that rules can name. */
import type { DetectorId } from '../../core/ids.ts';
import type { Detector } from '../detector.ts';
import { aba } from './aba.ts';
import { birthDate } from './birth-date.ts';
import { card } from './card.ts';
import { crypto } from './crypto.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ip } from './ip.ts';
import { medical } from './medical.ts';
import { nationalIds } from './national/national-ids.ts';
import { passport } from './passport.ts';
import { phone } from './phone.ts';
import { secret } from './secrets/secret.ts';
import { itinUs, ssnUs } from './taxpayer-us.ts';

export const allDetectors: readonly Detector[] = [
  ...[card, iban, aba, ssnUs, itinUs],
  ...nationalIds,
  ...[phone, email, passport, medical, crypto, ip, secret, birthDate],
];

const byId: ReadonlyMap<string, Detector> = new Map(allDetectors.map((detector) => [detector.id, detector]));

/** The detector of that name, or nothing. */
export function detectorById(id: DetectorId): Detector | undefined {
  return byId.get(id);
}
