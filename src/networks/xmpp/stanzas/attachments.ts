/** Files that a message links to: XEP-0066, and XEP-0447 with what it says of them. */
import type { Attachment, FileKind } from '../../../core/network-entries.ts';
import { ns } from '../namespaces.ts';
import { childOf, childrenOf, elementsOf, textOf, type XmlElement } from '../xml/element.ts';

/** Files of one message; more stay links in its words. */
const maxFiles = 20;
const longestUrl = 2_048;

const byEnding: Readonly<Record<string, FileKind>> = {
  ...of('image', ['jpg', 'jpeg', 'png', 'gif', 'webp', 'avif', 'heic', 'bmp', 'svg']),
  ...of('video', ['mp4', 'webm', 'mov', 'mkv', '3gp']),
  ...of('audio', ['mp3', 'ogg', 'oga', 'opus', 'm4a', 'aac', 'wav', 'flac', 'amr']),
};

export interface Linked {
  readonly files: readonly Attachment[];
  /** Addresses that a program can't fetch, by scheme: `aesgcm` are files of encrypted chats. */
  readonly unfetchable: readonly string[];
  readonly urls: readonly string[];
}

export function filesOf(stanza: XmlElement): Linked {
  const shared = childrenOf(stanza, ns.fileSharing, 'file-sharing').flatMap(sharedFile);
  const known = new Set(shared.map(({ ref }) => ref));
  const linked = childrenOf(stanza, ns.oob, 'x').map((x) => textOf(childOf(x, ns.oob, 'url')).trim());
  const plain = linked.filter((url) => isFetchable(url) && !known.has(url)).map(plainFile);
  const unfetchable = linked.filter((url) => url !== '' && !isFetchable(url)).map(schemeOf);
  return { files: [...shared, ...plain].slice(0, maxFiles), unfetchable, urls: [...linked, ...known] };
}

function isFetchable(url: string): boolean {
  return url.length <= longestUrl && /^https?:\/\//iu.test(url) && URL.canParse(url);
}

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]{0,20}):/iu.exec(url)?.[1]?.toLowerCase() ?? 'unknown';
}

function plainFile(url: string): Attachment {
  const name = nameOf(url);
  const ending = /\.([a-z0-9]{1,5})$/iu.exec(name ?? '')?.[1]?.toLowerCase() ?? '';
  const kind = Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
  return { kind: kind ?? 'file', ref: url, ...(name === undefined ? {} : { name }) };
}

function nameOf(url: string): string | undefined {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    const name = decodeURIComponent(last).slice(0, 255);
    return name === '' ? undefined : name;
  } catch {
    return last.slice(0, 255);
  }
}

function sharedFile(sharing: XmlElement): Attachment[] {
  const sources = childOf(sharing, ns.fileSharing, 'sources');
  const targets = sources === undefined ? [] : childrenOf(sources, ns.urlData, 'url-data');
  const url = targets.map((one) => one.attrs['target'] ?? '').find(isFetchable);
  const file = childOf(sharing, ns.fileMetadata, 'file');
  if (url === undefined || file === undefined) return [];
  const say = (name: string): string | undefined => {
    const text = textOf(childOf(file, ns.fileMetadata, name)).trim();
    return text === '' ? undefined : text.slice(0, 255);
  };
  const plain = plainFile(url);
  const type = say('media-type')?.toLowerCase();
  return [
    {
      ...plain,
      kind: kindOf(type) ?? plain.kind,
      ...given('name', say('name') ?? plain.name),
      ...given('type', type),
      ...given('size', countOf(say('size'))),
      ...given('width', countOf(say('width'))),
      ...given('height', countOf(say('height'))),
      ...given('durationMs', countOf(say('length'))),
      ...given('sha256', sha256Of(file)),
    },
  ];
}

function sha256Of(file: XmlElement): string | undefined {
  const hash = elementsOf(file).find((one) => one.ns === ns.hashes && one.attrs['algo'] === 'sha-256');
  const bytes = Buffer.from(textOf(hash), 'base64');
  return bytes.length === 32 ? bytes.toString('hex') : undefined;
}

function kindOf(type: string | undefined): FileKind | undefined {
  const family = type?.split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : undefined;
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}

function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>>;
function given(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value };
}

function of(kind: FileKind, endings: readonly string[]): Record<string, FileKind> {
  return Object.fromEntries(endings.map((ending) => [ending, kind]));
}
