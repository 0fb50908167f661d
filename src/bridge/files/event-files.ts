/** The files that an event names: what of it is not in the event itself. Decided by the event alone. */
import type { MatrixEvent } from '../../core/entry.ts';
import { parseMediaUri, type MediaUri } from '../../core/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

export interface EventFile {
  /** 0 the file, 1 its thumbnail, 2 and 3 the same of an edit's new content. */
  readonly part: number;
  readonly uri: MediaUri;
  /** As its sender calls it. */
  readonly name?: string;
  /** The homeserver has ciphertext; the event holds the key (Matrix spec, "Sending encrypted attachments"). */
  readonly encrypted: boolean;
}

const LONGEST_NAME = 255;
const MEMBER_OF = new Set(['join', 'invite', 'knock']);

/**
 * In the order of their parts, each address once. Only `mxc://` counts: any other address in an event is a stranger's
 * wish that we fetch something, and is never followed.
 */
export function filesOf(event: MatrixEvent): readonly EventFile[] {
  const { type, content, state_key } = event;
  if (type === 'm.room.avatar' && state_key !== undefined) return once(pair(content, 0));
  if (isProfile(event)) return once(one(content['avatar_url'], 0));
  if (type === 'm.sticker') return once(pair(content, 0));
  if (type !== 'm.room.message') return [];
  const replaced = content['m.new_content'];
  return once([...pair(content, 0), ...(isJsonObject(replaced) ? pair(replaced, 2) : [])]);
}

/**
 * Whose picture the event gives, where that is all it gives: the same picture comes with every membership of its owner,
 * and is stored when it changes.
 */
export function pictureOf(event: MatrixEvent): { readonly of: string; readonly uri: MediaUri } | undefined {
  const [file] = event.type === 'm.room.avatar' || isProfile(event) ? filesOf(event) : [];
  if (file === undefined) return undefined;
  return { of: event.type === 'm.room.avatar' ? event.room_id : (event.state_key ?? ''), uri: file.uri };
}

function isProfile({ type, content, state_key }: MatrixEvent): boolean {
  const { membership } = content;
  return (
    type === 'm.room.member' && state_key !== undefined && typeof membership === 'string' && MEMBER_OF.has(membership)
  );
}

/** A file and its thumbnail. */
function pair(content: JsonObject, part: number): readonly EventFile[] {
  const name = nameOf(content);
  const main = fileAt(content['url'], content['file'], part).map((file) =>
    name === undefined ? file : { ...file, name },
  );
  const { info } = content;
  if (!isJsonObject(info)) return main;
  return [...main, ...fileAt(info['thumbnail_url'], info['thumbnail_file'], part + 1)];
}

function fileAt(url: Json | undefined, encrypted: Json | undefined, part: number): readonly EventFile[] {
  const sealed = isJsonObject(encrypted) ? one(encrypted['url'], part) : [];
  return sealed.length > 0 ? sealed.map((file) => ({ ...file, encrypted: true })) : one(url, part);
}

function one(url: Json | undefined, part: number): readonly EventFile[] {
  const uri = parseMediaUri(url);
  return uri.ok ? [{ part, uri: uri.value, encrypted: false }] : [];
}

/** Where there is a `filename`, the body is a caption (Matrix spec 1.10). */
function nameOf({ filename, body }: JsonObject): string | undefined {
  const name = typeof filename === 'string' ? filename : body;
  // By code points: half a surrogate pair would have no place on record.
  return typeof name === 'string' && name !== '' ? Array.from(name).slice(0, LONGEST_NAME).join('') : undefined;
}

function once(files: readonly EventFile[]): readonly EventFile[] {
  return files.filter((file, at) => files.findIndex((other) => other.uri === file.uri) === at);
}
