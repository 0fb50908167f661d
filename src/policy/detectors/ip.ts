/** Addresses of computers. Private ones (RFC 1918, RFC 4193) say little; numbers of versions are none. */
import { isIPv4, isIPv6 } from 'node:net';

import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import type { Confidence } from '../rule.ts';
import { bestOf } from './best-candidates.ts';
import { endOf } from './masked.ts';

const most = 400;
const four = /(?<![\p{L}\p{N}_.-])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}_-]|\.\d)/gu;
const six = /(?<![\p{L}\p{N}_.:])[0-9a-f:]{6,39}(?![\p{L}\p{N}_:])/gu;
/** Without these in it a text has no address of the one kind or the other. */
const fourHint = /\d\.\d/u;
const sixHint = /:[0-9a-f]{0,4}:/u;
const versionBefore = /(?:\bv|version|release|build|firmware|kernel|rev|chapter|section|kapitel|abschnitt)[ .:]{0,2}$/u;
const reserved = /^(?:0|10|127|169\.254|172\.(?:1[6-9]|2\d|3[01])|192\.168|22[4-9]|2[3-5]\d)\./u;
const reservedSix = /^(?:::1$|f[cd]|fe[89ab])/u;

export const ip: Detector = {
  id: must(parseDetectorId('ip')),
  says: 'an IP address',
  contextWords: [
    'ip',
    'ipv4',
    'ipv6',
    'host',
    'server',
    'address',
    'dns',
    'gateway',
    'ping',
    'ssh',
    'adresse',
    'subnet',
  ],
  digits: 2,
  mayBeIn: ({ plain, digits }) => digits.length > 0 && (plain.folded.includes('.') || plain.folded.includes(':')),
  find: ({ plain: { folded } }) => bestOf([...fours(folded), ...sixes(folded)]),
};

function* fours(folded: string): Generator<Candidate> {
  if (!fourHint.test(folded)) return;
  let count = 0;
  for (const match of folded.matchAll(four)) {
    if (!isIPv4(match[0]) || versionBefore.test(folded.slice(Math.max(0, match.index - 12), match.index))) continue;
    if ((count += 1) > most) return;
    yield candidate(match, confidenceOfFour(match[0]));
  }
}

function* sixes(folded: string): Generator<Candidate> {
  if (!sixHint.test(folded)) return;
  let count = 0;
  for (const match of folded.matchAll(six)) {
    if (!isIPv6(match[0]) || !/\d/u.test(match[0])) continue;
    if ((count += 1) > most) return;
    yield candidate(match, reservedSix.test(match[0]) ? 0.2 : 0.5);
  }
}

/** 1.2.3.4 is the number of a chapter more often than of a computer. */
function confidenceOfFour(address: string): Confidence {
  if (address.split('.').every((part) => part.length === 1)) return 0.1;
  return reserved.test(address) ? 0.2 : 0.5;
}

function candidate(match: RegExpExecArray, confidence: Confidence): Candidate {
  const [value] = match;
  const span = { start: match.index, end: match.index + value.length };
  return { span, value, confidence, checksum: 'none', masked: endOf(value) };
}
