/**
 * The built-in retention classes: a line, an assignment or `retention.default` names one. Their periods are the shortest
 * that the paragraph allows, and end where the law has no more use for the record: docs/retention.md has them as a table.
 */
import { must, parseClassId } from '../core/ids.ts';
import type { KeptClass, Period } from '../core/retention-entries.ts';

const DAY_MS = 86_400_000;

export const retentionPresets: readonly KeptClass[] = [
  preset('us-sec-3y', { years: 3 }, '17 CFR 240.17a-4(b)(4)'),
  preset('us-finra-6y', { years: 6 }, 'FINRA Rule 4511(b); 17 CFR 240.17a-4'),
  preset('us-cftc-5y', { years: 5 }, '17 CFR 1.31(b)(3)'),
  // Five years from the end of the fiscal year: a year more than five covers every fiscal year.
  preset('us-ia-204-2-5y', { years: 6 }, '17 CFR 275.204-2(e)(1)'),
  preset(
    'eu-mifid-5y',
    { years: 5 },
    'Directive 2014/65/EU, Article 16(7); Delegated Regulation (EU) 2017/565, Article 76',
  ),
  preset('eu-mifid-7y', { years: 7 }, 'Directive 2014/65/EU, Article 16(7), at the request of the authority'),
  preset('uk-sysc10a-5y', { years: 5 }, 'FCA Handbook, SYSC 10A.1.15R'),
  preset('us-hipaa-6y', { years: 6 }, '45 CFR 164.316(b)(2)(i)'),
  preset('us-tcpa-consent-5y', { years: 5 }, '47 CFR 64.1200(d)(6); 28 U.S.C. 1658(a)'),
  own('short-30d', { ms: 30 * DAY_MS }, 'the company itself; Regulation (EU) 2016/679, Article 5(1)(e)'),
  own('transient-0', { ms: 0 }, 'the company itself; Regulation (EU) 2016/679, Article 5(1)(c)'),
];

export const presetNames: readonly string[] = retentionPresets.map(({ id }) => id);

/** Kept for `period`, and no longer: what should stay longer is given a class of one's own. */
function preset(id: string, period: Period, authority: string): KeptClass {
  return { id: must(parseClassId(id)), keep: period, erase: period, authority };
}

/** Nobody but the company asks for it. */
function own(id: string, period: Period, authority: string): KeptClass {
  return { ...preset(id, period, authority), own: true };
}
