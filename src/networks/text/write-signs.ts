/**
 * One line with its marks written as signs, so that it reads back as the same words: a mark that can't stand where it
 * is is left out, a typed sign that would be read as markup has a guard before it.
 */
import type { InlineMark, RichText } from '../../core/rich-text.ts';
import { endOf, inOrder, moved } from '../../core/rich-text-kinds.ts';
import { GUARD, withoutGuards } from './guard.ts';
import { isSigned, kindOfSign, readSigns, SIGNS, type SignedKind, type SignRules } from './inline-signs.ts';

type Signed = InlineMark & { readonly as: SignedKind };

export function writeSigns(line: RichText, rules: SignRules): string {
  const guard = rules.guard ?? ((text: string) => text);
  const written = guard(write(line.text, proper(line, rules), rules));
  return readsBack(written, line, rules) ? written : guard(write(line.text, [], rules));
}

/** Nothing but what is meant, to the letter. */
function readsBack(written: string, line: RichText, rules: SignRules): boolean {
  const read = readSigns(written, rules);
  if (withoutGuards(read.text) !== withoutGuards(line.text)) return false;
  const said = (rich: RichText, as: SignedKind): number =>
    rich.marks.reduce((sum, mark) => (mark.as === as ? sum + mark.length : sum), 0);
  // Guards lie between words, so lengths can only be too large where something else was marked.
  return (['bold', 'italic', 'strike', 'code'] as const).every(
    (as) => said(read, as) <= said(line, as) + read.text.length - line.text.length,
  );
}

/** Those that can be written: without white space at their ends, nested, and closed by nothing but their own end. */
function proper({ text, marks }: RichText, rules: SignRules): readonly Signed[] {
  const trimmed = marks.filter(isSigned).flatMap((mark) => trim(mark, text));
  const codes = trimmed.filter((mark) => mark.as === 'code');
  const others = trimmed.filter((mark) => mark.as !== 'code' && !codes.some((code) => crosses(code, mark)));
  return nestedOf([...codes, ...others]).filter((mark) => standsAlone(mark, text, rules));
}

function trim(mark: Signed, text: string): readonly Signed[] {
  const said = text.slice(mark.start, endOf(mark));
  const start = mark.start + said.length - said.trimStart().length;
  const end = endOf(mark) - (said.length - said.trimEnd().length);
  return end > start ? [moved(mark, start, end)] : [];
}

/** Code holds no other mark, and none begins or ends in it. */
function crosses(code: Signed, mark: Signed): boolean {
  const apart = endOf(mark) <= code.start || mark.start >= endOf(code);
  return !apart && !(mark.start <= code.start && endOf(mark) >= endOf(code));
}

/** What reaches over the end of the mark it began in is left out. */
function nestedOf(marks: readonly Signed[]): readonly Signed[] {
  const kept: Signed[] = [];
  let open: Signed[] = [];
  for (const mark of [...marks].sort(inOrder)) {
    open = open.filter((outer) => endOf(outer) > mark.start);
    if (open.some((outer) => endOf(outer) < endOf(mark))) continue;
    open.push(mark);
    kept.push(mark);
  }
  return kept;
}

function standsAlone(mark: Signed, text: string, rules: SignRules): boolean {
  const sign = SIGNS[mark.as];
  const end = endOf(mark);
  if (!rules.opens(text[mark.start - 1], text[mark.start]) || !rules.closes(text[end - 1], text[end])) return false;
  for (let at = text.indexOf(sign, mark.start); at !== -1 && at < end; at = text.indexOf(sign, at + 1)) {
    if (mark.as === 'code' || rules.closes(text[at - 1], text[at + 1])) return false;
  }
  return true;
}

function write(text: string, marks: readonly Signed[], rules: SignRules): string {
  const { opening, closing } = signsAt(marks);
  const codes = marks.filter((mark) => mark.as === 'code');
  const opaque = [...rules.opaque(text), ...codes.map((code) => [code.start, endOf(code)] as const)];
  const out: string[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const [close, open, typed] = [closing.get(at) ?? '', opening.get(at) ?? '', text.charAt(at)];
    const before = open === '' ? (close.at(-1) ?? text[at - 1]) : undefined;
    const isMarkup = kindOfSign(typed) !== undefined && rules.opens(before, text[at + 1]);
    out.push(close, open, isMarkup && !isWithin(opaque, at) ? GUARD : '', typed);
  }
  return out.join('');
}

/** The signs before each place: at one place, what ends there is closed inside out, what begins there opened outside in. */
function signsAt(marks: readonly Signed[]): { opening: Map<number, string>; closing: Map<number, string> } {
  const opening = new Map<number, string>();
  const closing = new Map<number, string>();
  for (const mark of marks) {
    const sign = SIGNS[mark.as];
    opening.set(mark.start, (opening.get(mark.start) ?? '') + sign);
    closing.set(endOf(mark), sign + (closing.get(endOf(mark)) ?? ''));
  }
  return { opening, closing };
}

function isWithin(runs: readonly (readonly [number, number])[], at: number): boolean {
  return runs.some(([start, end]) => at >= start && at < end);
}
