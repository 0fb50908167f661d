/** What was found, where, and how it was hidden, as an officer reads it: `payment card number •••• 1111 in the text`. */
import { parseDetectorId } from '../../core/ids.ts';
import type { KeptFinding } from '../../core/policy-entries.ts';
import { detectorById } from '../../policy/detectors/all-detectors.ts';
import { maskedAs } from '../../policy/redaction/hide.ts';
import { oneLine } from '../quote.ts';

export function findingWords({ by, what, masked, confidence, tricks }: KeptFinding): string {
  const value = masked === '' ? '' : ` ${oneLine(maskedAs(masked))}`;
  const sure = `${Math.round(confidence * 100)} % sure`;
  return [`${byWords(by)}${value} in ${placeWords(what)}`, sure, ...tricks.map(trickWords)].join(' · ');
}

/** `detector:card`, `lexicon:off-channel-en#12`, `pattern:0`. */
function byWords(by: string): string {
  const [, kind = '', name = ''] = /^(\w+):([^#]*)/u.exec(by) ?? [];
  if (kind === 'detector') return detectorWords(name);
  if (kind === 'lexicon') return `words of the list ${oneLine(name)}`;
  return kind === 'pattern' && /^\d+$/u.test(name) ? `pattern ${String(Number(name) + 1)} of the rule` : oneLine(by);
}

/** What a detector looks for, without its article. */
export function detectorWords(name: string): string {
  const id = parseDetectorId(name);
  const says = id.ok ? detectorById(id.value)?.says : undefined;
  return says?.replace(/^an? /u, '') ?? oneLine(name);
}

const places: Readonly<Partial<Record<string, string>>> = {
  body: 'the text',
  html: 'the formatted text',
  caption: 'the caption',
  'file-name': 'the name of a file',
  file: 'a file',
  topic: "the room's topic",
  name: "the room's name",
  option: 'a poll',
  reaction: 'a reaction',
};

function placeWords(what: string): string {
  return places[what] ?? `its ${oneLine(what)}`;
}

const hidden: Readonly<Partial<Record<string, string>>> = {
  invisible: 'with invisible characters',
  bidi: 'written backwards',
  'look-alike': 'with look-alike letters',
  'full-width': 'in full-width letters',
  combining: 'with marks on letters',
  leet: 'with figures for letters',
  'spaced-out': 'pulled apart',
  assembled: 'written over several messages',
};

export function trickWords(trick: string): string {
  return hidden[trick] ?? oneLine(trick);
}
