/** Addresses of mail (RFC 5321, 4.1.2, as people use them: no quotes, a host with a dot). */
import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import { bestOf } from './best-candidates.ts';
import { startOf } from './masked.ts';

const most = 400;
const longestLocal = 64;
const longestHost = 253;
const local = /[a-z0-9._%+'-]/u;
const inHost = /[a-z0-9.\p{L}-]/u;
const host = /^(?:[a-z0-9\p{L}](?:[a-z0-9\p{L}-]{0,61}[a-z0-9\p{L}])?\.){1,8}[a-z\p{L}][a-z0-9\p{L}-]{0,22}[a-z\p{L}]/u;

export const email: Detector = {
  id: must(parseDetectorId('email')),
  says: 'an email address',
  contextWords: ['email', 'e-mail', 'mail', 'address', 'contact', 'write', 'adresse', 'correo', 'courriel', 'gmail'],
  mayBeIn: ({ plain }) => plain.folded.includes('@'),
  find: ({ plain }) => bestOf(found(plain.folded)),
};

/** From each `@` outwards, so that a long text without one costs nothing and one full of them is linear. */
function* found(folded: string): Generator<Candidate> {
  let count = 0;
  let at = folded.indexOf('@');
  for (; at >= 0 && count < most; at = folded.indexOf('@', at + 1)) {
    const start = startOfLocal(folded, at);
    const end = endOfHost(folded, at);
    if (start === at || end === undefined) continue;
    const value = folded.slice(start, end);
    count += 1;
    yield { span: { start, end }, value, confidence: 0.5, checksum: 'none', masked: startOf(folded.slice(start, at)) };
  }
}

function startOfLocal(folded: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < longestLocal && local.test(folded.charAt(start - 1))) start -= 1;
  while (start < at && /[.'%+-]/u.test(folded.charAt(start))) start += 1;
  return folded.charAt(at - 1) === '.' ? at : start;
}

function endOfHost(folded: string, at: number): number | undefined {
  let end = at + 1;
  while (end < folded.length && end - at <= longestHost && inHost.test(folded.charAt(end))) end += 1;
  const match = host.exec(folded.slice(at + 1, end));
  return match === null ? undefined : at + 1 + match[0].length;
}
