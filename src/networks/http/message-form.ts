/** Which request of the config a message goes out by, and what is put into its places. */
import type { GeoPlace } from '../../core/network-entries.ts';
import type { OutboundFile, OutboundMessage } from '../../core/ports/outbound.ts';
import type { HttpConfig } from './config.ts';
import type { RequestTemplate } from './request-config.ts';
import type { FileSending } from './send-config.ts';
import { placesIn, type Values } from './template.ts';

/** Names and addresses of places, cut for providers that count them (LINE: 100). */
const placeMost = 100;
/** Where the sender's client doesn't say how long it plays: a provider that wants to know shows it beside the sound. */
const lengthUnknownMs = 1_000;
const quotedMost = 100;

export interface Form {
  readonly template: RequestTemplate;
  readonly values: Values;
}

interface Given {
  readonly config: HttpConfig;
  /** Where a preview lies that says nothing. */
  readonly preview: string;
  /** What was noted with the message that is answered. */
  readonly kept: Values;
}

/** Undefined where the config has no request for it. */
export function formOf(message: OutboundMessage, given: Given): Form | undefined {
  const { send } = given.config;
  const { file, location, replyTo } = message;
  const sending = file === undefined ? undefined : send.files[file.kind];
  const template = file === undefined ? templateFor(location, send) : sending?.request;
  if (template === undefined) return undefined;
  const values = {
    text: textOf(message, template, given),
    reply: replyTo?.id,
    ...emptyOf(template),
    ...given.kept,
    ...(location === undefined ? {} : placeValues(location)),
    ...(file === undefined || sending === undefined ? {} : fileValues(file, sending, given)),
  };
  return { template, values };
}

/** With how much of an answer's relation the config's requests carry it. */
export function replyLevel({ send: { text, files, location } }: HttpConfig): 0 | 1 | 2 {
  const others = [...Object.values(files).map((one) => one.request), ...(location === undefined ? [] : [location])];
  const uses = (template: RequestTemplate, what: RegExp): boolean => usedIn(template).some((name) => what.test(name));
  if (!uses(text, /^(?:reply$|kept\.)/u)) return 0;
  return [text, ...others].every((template) => uses(template, /^reply$/u)) ? 2 : 1;
}

export function usedIn({ path, headers, json, form }: RequestTemplate): readonly string[] {
  return placesIn(JSON.stringify([path, headers, json, form]));
}

/** What is not known is left out of the request, and not sent as the name of its place. */
export function emptyOf(template: RequestTemplate): Values {
  const kept = usedIn(template).filter((name) => name.startsWith('kept.'));
  return Object.fromEntries(kept.map((name) => [name, undefined]));
}

function templateFor(location: GeoPlace | undefined, { text, location: place }: HttpConfig['send']) {
  return location === undefined ? text : place;
}

/** Where the provider would know what is answered by something that was never noted, its words stand for it. */
function textOf({ text, replyTo }: OutboundMessage, template: RequestTemplate, { config, kept }: Given): string {
  const wanted = usedIn(template).filter((name) => name.startsWith('kept.'));
  if (replyTo === undefined || wanted.length === 0 || wanted.every((name) => kept[name] !== undefined)) return text;
  const quoted = `> ${cut(replyTo.text.replace(/\s+/gu, ' ').trim(), quotedMost)}\n${text}`;
  return quoted.length > config.send.textMost ? text : quoted;
}

function placeValues({ latitude, longitude, name, address }: GeoPlace): Values {
  const position = `${String(latitude)}, ${String(longitude)}`;
  const [place, at] = [name ?? position, address ?? position].map((text) => cut(text, placeMost));
  return { latitude, longitude, place, address: at };
}

function fileValues(file: OutboundFile, { previewMost }: FileSending, { config, preview }: Given): Values {
  const { kind, name, type, size, durationMs } = file;
  const link = file.link(config.send.filesOpenFor);
  const shown = kind === 'image' && size <= previewMost ? link : preview;
  return { link, preview: shown, name, type, size, duration: durationMs ?? lengthUnknownMs };
}

/** Whole characters, at most so many code units. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const char of text) {
    if (kept.length + char.length >= most) break;
    kept += char;
  }
  return `${kept}…`;
}
