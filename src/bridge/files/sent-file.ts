/** The file that a staff member's event sends: decided by the event alone. */
import type { MatrixEvent, StoredFile } from '../../core/entry.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { FileKind } from '../../core/network-entries.ts';
import type { OutboundFile } from '../../core/ports/outbound.ts';
import { cleanFileName, fileName } from './file-name.ts';
import { trueType } from './true-type.ts';

export interface SentFile {
  readonly kind: FileKind;
  /** As its sender calls it. */
  readonly name: string | undefined;
  /** What the sender's client says it is; never trusted alone. */
  readonly said: string | undefined;
  /** The words that came with it, as the event has them. */
  readonly caption: string | undefined;
  /** How long it plays, as the sender's client says. */
  readonly durationMs?: number;
  /** As `file.stored` counts: of an edit the new content's file is sent. One address is stored once, as the first. */
  readonly part: 0 | 2;
  /** Where the homeserver has it, as the event says. */
  readonly at: Json | undefined;
}

const kinds: ReadonlyMap<unknown, FileKind> = new Map([
  ['m.image', 'image'],
  ['m.video', 'video'],
  ['m.audio', 'audio'],
  ['m.file', 'file'],
]);

/** Undefined for what is no file. */
export function sentFile(event: MatrixEvent): SentFile | undefined {
  const replaced = event.content['m.new_content'];
  const content = isJsonObject(replaced) ? replaced : event.content;
  const at = addressOf(content);
  const part = content === event.content || (at !== undefined && at === addressOf(event.content)) ? 0 : 2;
  const kind = event.type === 'm.sticker' ? 'sticker' : event.type === 'm.room.message' ? kindOf(content) : undefined;
  return kind === undefined
    ? undefined
    : { kind, part, at, ...namesOf(content, kind), ...lengthOf(content), said: saidType(content) };
}

/** What the customer gets it as: its bytes say what it is. */
export function sentAs(
  { name, kind, said }: SentFile,
  { type: looked, size, sha256 }: Pick<StoredFile, 'type' | 'size' | 'sha256'>,
): Pick<OutboundFile, 'name' | 'type' | 'size' | 'sha256'> {
  const type = trueType(looked, said);
  return { name: fileName(name, kind, type), type, size, sha256 };
}

/** MSC3245: a voice message is an audio with a mark of its own. */
function kindOf(content: JsonObject): FileKind | undefined {
  const kind = kinds.get(content['msgtype']);
  if (kind === 'audio') return isJsonObject(content['org.matrix.msc3245.voice']) ? 'voice' : 'audio';
  return kind === 'video' && content['fi.mau.gif'] === true ? 'animation' : kind;
}

/** Matrix spec 1.10: a body beside a `filename` of its own is a caption; a sticker's body says what it shows. */
function namesOf({ filename, body }: JsonObject, kind: FileKind): Pick<SentFile, 'name' | 'caption'> {
  const words = typeof body === 'string' && body.trim() !== '' ? body : undefined;
  if (kind === 'sticker') return { name: undefined, caption: undefined };
  if (typeof filename !== 'string' || filename === '') return { name: cleanFileName(words), caption: undefined };
  return { name: cleanFileName(filename), caption: words === filename ? undefined : words };
}

function addressOf({ url, file }: JsonObject): Json | undefined {
  return isJsonObject(file) ? file['url'] : url;
}

/** Matrix spec, `info.duration` of `m.audio` and `m.video`. */
function lengthOf({ info }: JsonObject): Pick<SentFile, 'durationMs'> {
  const ms = isJsonObject(info) ? info['duration'] : undefined;
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0 ? { durationMs: ms } : {};
}

function saidType({ info }: JsonObject): string | undefined {
  const said = isJsonObject(info) ? info['mimetype'] : undefined;
  return typeof said === 'string' ? said : undefined;
}
