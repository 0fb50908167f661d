import { IANAZone } from 'luxon';
import { z } from 'zod';
import { nearest } from '../../core/nearest.ts';
import { say } from '../problem.ts';

/** A name of the IANA time zone database, such as America/New_York. */
export const timezone = z.string().superRefine((name, ctx) => {
  if (IANAZone.isValidZone(name)) return;
  const meant = nearest(name.replaceAll(' ', '_'), Intl.supportedValuesOf('timeZone'));
  const fix = meant === undefined ? 'write a name such as America/New_York or Europe/Berlin' : `did you mean ${meant}?`;
  ctx.addIssue({ code: 'custom', message: say(`"${name}" is not a time zone`, fix) });
});
