/** What a Matrix event says to those who see it: its texts, and what in it can't be read. Decided by the event alone. */
import type { MatrixEvent } from '../../core/entry.ts';
import { parseMediaUri, type MediaUri } from '../../core/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Unread, Unreadable } from '../../core/policy-words.ts';
import type { Piece } from '../message.ts';
import { visibleText } from '../normalise/html-text.ts';
import { quotedIn } from '../normalise/quotes.ts';

export interface Said {
  readonly pieces: readonly Piece[];
  readonly unread: readonly Unread[];
  /** Where its files lie. */
  readonly files: readonly MediaUri[];
}

/** In `file.stored` the file of an edit is part 2; that of a message itself is part 0. */
const ofItself = 0;
const ofEdit = 2;

const nothing: Said = { pieces: [], unread: [], files: [] };

/**
 * What can be read of a file by looking at the event: its name. `later`: what it is, is seen when it is stored, and only
 * then it is said whether it can be read.
 */
const attachments: ReadonlyMap<unknown, Unreadable | 'later'> = new Map<unknown, Unreadable | 'later'>([
  ['m.image', 'image'],
  ['m.video', 'video'],
  ['m.audio', 'voice'],
  ['m.file', 'later'],
]);
/** A redacted message has no msgtype. */
const texts: ReadonlySet<unknown> = new Set(['m.text', 'm.emote', 'm.notice', 'm.key.verification.request', undefined]);

const forms: ReadonlyMap<string, (content: JsonObject) => Said> = new Map([
  ['m.room.message', ofMessage],
  ['m.sticker', (content: JsonObject) => ofFile(content, { part: ofItself, why: 'image' })],
  ['m.poll.start', ofPoll],
  ['org.matrix.msc3381.poll.start', ofPoll],
  ['m.reaction', ofReaction],
  ['m.room.topic', ofTopic],
  ['m.room.name', (content: JsonObject) => ofPieces(piecesOf('name', [content['name']]))],
  ['m.room.encrypted', (): Said => ({ ...nothing, unread: [{ why: 'encrypted' }] })],
]);

/** Undefined for events by which nobody tells anybody anything. Never throws, whatever the event holds. */
export function saidIn(event: MatrixEvent): Said | undefined {
  return forms.get(event.type)?.(event.content);
}

/** Whether `saidIn` may find something: told without reading the texts. */
export function saysSomething({ type, content }: MatrixEvent): boolean {
  return type === 'm.reaction' ? ofReaction(content).pieces.length > 0 : forms.has(type);
}

/** The message that an edit replaces. */
export function editedBy({ type, content }: MatrixEvent): string | undefined {
  if (type !== 'm.room.message' || !isEdit(content)) return undefined;
  const relation = content['m.relates_to'];
  const target = isJsonObject(relation) ? relation['event_id'] : undefined;
  return typeof target === 'string' ? target : undefined;
}

/** A piece of text as its sender wrote it, with what in it quotes somebody else. */
export function pieceOf(what: Piece['what'], text: string): Piece {
  return { what, text, quoted: quotedIn(text) };
}

function isEdit(content: JsonObject): boolean {
  const relation = content['m.relates_to'];
  return isJsonObject(relation) && relation['rel_type'] === 'm.replace';
}

/**
 * An edit says its new content; `body` only repeats it for old clients. A new content that edits nothing is shown by no
 * client, and it is what would be sent outside: then both count.
 */
function ofMessage(content: JsonObject): Said {
  const replaced = content['m.new_content'];
  if (!isJsonObject(replaced)) return ofContent(content, ofItself);
  const said = ofContent(replaced, ofEdit);
  return isEdit(content) ? said : joined(ofContent(content, ofItself), said);
}

function ofContent(content: JsonObject, part: number): Said {
  const { msgtype } = content;
  const why = attachments.get(msgtype);
  if (why !== undefined) return ofFile(content, { part, why });
  const pieces = textPieces(content, 'body');
  if (texts.has(msgtype)) return ofPieces(pieces);
  return { pieces, unread: [{ why: msgtype === 'm.location' ? 'location' : 'unknown-type' }], files: filesIn(content) };
}

/** Where there is a `filename` of its own, the body is a caption (Matrix spec 1.10). */
function ofFile(
  content: JsonObject,
  { part, why }: { readonly part: number; readonly why: Unreadable | 'later' },
): Said {
  const { filename, body } = content;
  const hasName = typeof filename === 'string' && filename !== '';
  const said = hasName && body === filename ? { ...content, body: undefined } : content;
  return {
    pieces: [...textPieces(said, hasName ? 'caption' : 'file-name'), ...piecesOf('file-name', [filename])],
    unread: unreadFile(content, why).map((known) => ({ why: known, part })),
    files: filesIn(content),
  };
}

/** A file that its sender encrypted is ciphertext wherever it is kept; one that lies nowhere is never stored. */
function unreadFile(content: JsonObject, why: Unreadable | 'later'): readonly Unreadable[] {
  if (isJsonObject(content['file'])) return ['encrypted'];
  if (why !== 'later') return [why];
  return filesIn(content).length === 0 ? ['missing'] : [];
}

function textPieces(content: JsonObject, what: Piece['what']): readonly Piece[] {
  const { body, formatted_body: formatted } = content;
  const plain = piecesOf(what, [body]);
  if (typeof formatted !== 'string' || formatted === '') return plain;
  const { text, quoted } = visibleText(formatted);
  return text.trim() === '' ? plain : [...plain, { what: 'html', text, quoted }];
}

/** The question and the answers, in the forms of Matrix 1.7 (MSC3381) and of what came before it. */
function ofPoll(content: JsonObject): Said {
  const poll = content['m.poll'] ?? content['m.poll.start'] ?? content['org.matrix.msc3381.poll.start'];
  if (!isJsonObject(poll)) return { ...nothing, unread: [{ why: 'poll' }] };
  const { question, answers } = poll;
  const options = Array.isArray(answers) ? answers.flatMap((answer: Json) => extensible(answer)) : [];
  const pieces = piecesOf('option', [...extensible(question), ...options]);
  return pieces.length === 0 ? { ...nothing, unread: [{ why: 'poll' }] } : ofPieces(pieces);
}

/** Text of an extensible event (MSC1767): `m.text` is a list of forms, before it was one text. */
function extensible(value: Json | undefined): readonly string[] {
  if (!isJsonObject(value)) return [];
  const { body, 'm.text': forms, 'org.matrix.msc1767.text': before } = value;
  const listed = Array.isArray(forms) ? forms.map((form: Json) => (isJsonObject(form) ? form['body'] : form)) : [forms];
  return [...new Set([...listed, before, body].filter((text) => typeof text === 'string'))];
}

/** An emoji, or a picture's address, tells nobody a secret; words do. */
function ofReaction(content: JsonObject): Said {
  const relation = content['m.relates_to'];
  const key = isJsonObject(relation) ? relation['key'] : undefined;
  const saysWords = typeof key === 'string' && !key.startsWith('mxc://') && /(?:[\p{L}\p{N}].*){3}/su.test(key);
  return saysWords ? ofPieces([pieceOf('reaction', key)]) : nothing;
}

function ofTopic(content: JsonObject): Said {
  return ofPieces(piecesOf('topic', [...new Set([content['topic'], ...extensible(content['m.topic'])])]));
}

/** Of those that are text and say something. */
function piecesOf(what: Piece['what'], said: readonly unknown[]): readonly Piece[] {
  return said.flatMap((text) => (typeof text === 'string' && text.trim() !== '' ? [pieceOf(what, text)] : []));
}

function ofPieces(pieces: readonly Piece[]): Said {
  return { ...nothing, pieces };
}

function filesIn(content: JsonObject): readonly MediaUri[] {
  const { url, file } = content;
  return [url, isJsonObject(file) ? file['url'] : undefined].flatMap((uri) => {
    const parsed = parseMediaUri(uri);
    return parsed.ok ? [parsed.value] : [];
  });
}

function joined(one: Said, other: Said): Said {
  return {
    pieces: [...one.pieces, ...other.pieces],
    unread: [...one.unread, ...other.unread],
    files: [...one.files, ...other.files],
  };
}
