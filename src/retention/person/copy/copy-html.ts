/** A person's copy for people: one page that needs nothing else, and in which nothing that was written can act. */
import { escapeHtml } from '../../../core/escape-html.ts';
import type { CopyItem } from './copy-item.ts';

export interface CopyHead {
  /** The request's id. */
  readonly id: string;
  /** What the person was asked for under: the newest names and addresses. */
  readonly names: readonly string[];
  /** A day, in words. */
  readonly asked: string;
  readonly made: string;
}

/** Bidirectional and other invisible controls, but tab and line feed: they would change how the rest reads. */
const CONTROLS = /(?![\t\n])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const STYLE =
  'body{font:16px/1.5 sans-serif;margin:1em auto;max-width:45em;padding:0 1em}' +
  'article{border-top:1px solid #ccc;padding:.5em 0}.t{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0}' +
  '.w{color:#555;font-size:.85em;margin:0}';

function shown(text: string): string {
  return escapeHtml(text.replace(CONTROLS, '\u2423'));
}

export function htmlHead({ id, names, asked, made }: CopyHead, part: number): string {
  const title = `Your data, request ${id}${part > 1 ? `, part ${String(part)}` : ''}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${shown(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${shown(title)}</h1>`,
    `<p>Asked for on ${shown(asked)}, made on ${shown(made)}: everything on record about ${names.map(shown).join(', ')}.</p>`,
    '<p>Times are UTC. “Staff 1” and so on are people of the company. What is other people’s is left out or put in square brackets.</p>',
    '',
  ].join('\n');
}

export function htmlItem(item: CopyItem): string {
  const { record, at, from, to, network, note, text, file, leftOut } = item;
  const way = from === undefined ? '' : ` · ${from}${to === undefined ? '' : ` to ${to}`}`;
  const by = network === undefined ? '' : ` · ${network}`;
  const when = `${at.slice(0, 16).replace('T', ' ')}${way}${by} · record ${String(record)}`;
  return [
    `<article><p class="w">${shown(when)}</p>`,
    ...(note === undefined
      ? []
      : [`<p class="w">${shown(note)}${item.about === undefined ? '' : ` (record ${String(item.about)})`}</p>`]),
    ...(text === undefined ? [] : [`<p class="t" dir="auto">${shown(text)}</p>`]),
    ...(leftOut === true ? ['<p class="t">[words of somebody else]</p>'] : []),
    ...(file === undefined ? [] : [`<p class="t" dir="auto">${shown(fileWords(file))}</p>`]),
    '</article>\n',
  ].join('');
}

function fileWords({ name, type, size, sha256, missing }: NonNullable<CopyItem['file']>): string {
  const called = typeof name === 'string' ? `File: ${name}` : 'File';
  if (typeof missing === 'string') return `${called} · not on record (${missing})`;
  const facts = [
    type,
    typeof size === 'number' ? `${String(size)} bytes` : undefined,
    typeof sha256 === 'string' ? `sha256 ${sha256}` : undefined,
  ];
  return [called, ...facts.filter((fact) => typeof fact === 'string')].join(' · ');
}

/** How many records there are, and how many of them are in the file for programs alone; undefined where more follows. */
export function htmlEnd(all: { readonly records: number; readonly technical: number } | undefined): string {
  if (all === undefined) return '<p>The next part goes on from here.</p></body></html>\n';
  const { records, technical } = all;
  const alone = technical === 0 ? '' : `, ${String(technical)} of them technical and in the other file alone`;
  return `<p>That is all: ${String(records)} records${alone}.</p></body></html>\n`;
}
