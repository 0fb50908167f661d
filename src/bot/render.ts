/** An answer as Matrix content (DESIGN 14): a reply to its command that pings nobody unless it is urgent. */
import { escapeHtml } from '../core/escape-html.ts';
import type { JsonObject } from '../core/json.ts';
import type { Answer, AnswerFile } from './answer.ts';
import type { Incoming } from './incoming.ts';

/** Past this an answer comes as a file: about six screens of a phone, far below Matrix' 64 KiB for an event. */
const MOST_CHARACTERS = 4_000;
const MOST_LINES = 60;
const LINES_SHOWN = 5;

/** Puts an answer that is too long for a phone into a file, with its first lines above it. */
export function fitted(answer: Answer, name: string): Answer {
  const lines = answer.text.split('\n');
  if (answer.file !== undefined || (answer.text.length <= MOST_CHARACTERS && lines.length <= MOST_LINES)) return answer;
  const head = lines
    .slice(0, LINES_SHOWN)
    .join('\n')
    .slice(0, MOST_CHARACTERS / 4);
  const text = `${head}\n… the rest is in the file.`;
  return {
    ...answer,
    text,
    html: asHtml(text),
    file: { name: `${name}.txt`, type: 'text/plain; charset=utf-8', bytes: Buffer.from(`${answer.text}\n`, 'utf8') },
  };
}

export interface Replying {
  readonly to: Incoming;
  /** The command's name, as `org.gatehouse.answer` tells it. */
  readonly command: string;
}

/** The words of an answer. An urgent one is m.text that mentions the sender, because notices never sound. */
export function answerContent(answer: Answer, replying: Replying): JsonObject {
  return {
    msgtype: answer.urgent === true ? 'm.text' : 'm.notice',
    body: answer.text,
    format: 'org.matrix.custom.html',
    formatted_body: answer.html ?? asHtml(answer.text),
    'm.mentions': answer.urgent === true ? { user_ids: [replying.to.sender] } : {},
    ...inReplyTo(replying.to),
    'org.gatehouse.answer': { command: replying.command, code: answer.code, data: answer.data ?? {} },
    ...refs(answer),
  };
}

/** An answer's file, `url` being where the homeserver keeps it. */
export function fileContent(file: AnswerFile, url: string, of: { answer: Answer; to: Incoming }): JsonObject {
  return {
    msgtype: 'm.file',
    body: file.name,
    filename: file.name,
    url,
    info: { mimetype: file.type, size: file.bytes.byteLength },
    'm.mentions': {},
    ...inReplyTo(of.to),
    ...refs(of.answer),
  };
}

export function reactionContent(key: string, to: Incoming): JsonObject {
  return { 'm.relates_to': { rel_type: 'm.annotation', event_id: to.event, key } };
}

function inReplyTo(to: Incoming): JsonObject {
  return { 'm.relates_to': { 'm.in_reply_to': { event_id: to.event } } };
}

function refs(answer: Answer): JsonObject {
  const positions = answer.positions ?? [];
  return positions.length === 0 ? {} : { 'org.gatehouse.refs': [...positions] };
}

function asHtml(text: string): string {
  return escapeHtml(text).replace(/\n/gu, '<br>');
}
