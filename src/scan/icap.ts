/**
 * An ICAP service (RFC 3507): the file goes as the body of a made-up HTTP answer (RESPMOD), or of a made-up request
 * (REQMOD) where the service knows only that. 204 is clean. What comes back changed was stopped, whatever it is called.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { OwnBytes } from '../core/own-bytes.ts';
import type { MalwareScanner, Scanned, ScannedFile } from '../core/ports/scanner.ts';
import { Conversation } from './conversation.ts';
import { bodyOf, parseHead, type IcapHead } from './icap-answer.ts';
import { codeOf, failedToScan, scannerWords } from './scan-words.ts';

const SCAN_MS = 3 * 60_000;

export interface IcapPlace {
  readonly host: string;
  readonly port: number;
  /** Without the slash before it. */
  readonly service: string;
}

export function icapScanner(place: IcapPlace, clock: Clock): MalwareScanner {
  return {
    name: 'icap',
    scan: async (file, signal) => {
      let talk: Conversation | undefined;
      const reading = new OwnBytes(() => file.open());
      try {
        talk = await Conversation.open(place, { clock, ms: SCAN_MS, signal });
        return await ask(place, { talk, file, reading });
      } catch (error) {
        if (reading.failed !== undefined) throw reading.failed;
        return failedToScan(`the ICAP service did not answer: ${codeOf(error)}`, true);
      } finally {
        talk?.[Symbol.dispose]();
      }
    },
  };
}

interface Asking {
  readonly talk: Conversation;
  readonly file: ScannedFile;
  readonly reading: OwnBytes;
}

async function ask(place: IcapPlace, asking: Asking): Promise<Scanned> {
  const { talk, file } = asking;
  await talk.write(line('OPTIONS', place, ['Encapsulated: null-body=0']));
  const options = await headOf(talk);
  if (options.status !== 200) return refused(options);
  await bodyOf(options, talk, () => undefined);
  const { method, preview } = optionsOf(options);
  const http = method === 'RESPMOD' ? answerAround(file) : requestAround(file);
  const ahead = preview === undefined ? [] : [`Preview: ${Math.min(preview, file.size)}`];
  await talk.write(line(method, place, ['Allow: 204', ...ahead, `Encapsulated: ${http.encapsulated}`]) + http.head);
  const sent = createHash('sha256');
  const early = await put({ ...asking, sent }, preview);
  return scannedOf(early ?? (await headOf(talk)), { ...asking, sent });
}

function line(method: string, { host, port, service }: IcapPlace, headers: readonly string[]): string {
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return [
    `${method} icap://${at}/${service} ICAP/1.0`,
    `Host: ${at}`,
    'User-Agent: Gatehouse',
    ...headers,
    '',
    '',
  ].join('\r\n');
}

async function headOf(talk: Conversation): Promise<IcapHead> {
  return parseHead(await talk.upTo('\r\n\r\n'));
}

/** RESPMOD where the service doesn't say what it knows. */
function optionsOf({ headers }: IcapHead): {
  readonly method: 'RESPMOD' | 'REQMOD';
  readonly preview: number | undefined;
} {
  const methods = headers.get('methods')?.toUpperCase() ?? 'RESPMOD';
  const preview = Number(headers.get('preview') ?? Number.NaN);
  return {
    method: methods.includes('RESPMOD') ? 'RESPMOD' : 'REQMOD',
    preview: Number.isSafeInteger(preview) && preview >= 0 ? preview : undefined,
  };
}

const HTTP_HOST = 'file.gatehouse.invalid';

/** No more of its name than its ending: it is the customer's. */
function answerAround({ type, size }: ScannedFile): { readonly head: string; readonly encapsulated: string } {
  const request = `GET http://${HTTP_HOST}/file HTTP/1.1\r\nHost: ${HTTP_HOST}\r\n\r\n`;
  const answer = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${size}\r\n\r\n`;
  const at = request.length;
  return { head: request + answer, encapsulated: `req-hdr=0, res-hdr=${at}, res-body=${at + answer.length}` };
}

function requestAround({ type, size }: ScannedFile): { readonly head: string; readonly encapsulated: string } {
  const head = `PUT http://${HTTP_HOST}/file HTTP/1.1\r\nHost: ${HTTP_HOST}\r\nContent-Type: ${type}\r\nContent-Length: ${size}\r\n\r\n`;
  return { head, encapsulated: `req-hdr=0, req-body=${head.length}` };
}

/** The body in chunks; after the preview the service says whether it wants the rest. Resolves with its answer if not. */
async function put(
  { talk, file, reading, sent }: Asking & { readonly sent: Hash },
  preview: number | undefined,
): Promise<IcapHead | undefined> {
  let toPreview = preview;
  for await (const whole of reading.pieces()) {
    sent.update(whole);
    let piece = whole;
    if (toPreview !== undefined) {
      const ahead = piece.subarray(0, toPreview);
      await chunk(talk, ahead);
      toPreview -= ahead.length;
      if (toPreview > 0 || file.size <= (preview ?? 0)) continue;
      piece = piece.subarray(ahead.length);
      await talk.write('0\r\n\r\n');
      const answer = await headOf(talk);
      if (answer.status !== 100) return answer;
      toPreview = undefined;
    }
    await chunk(talk, piece);
  }
  const ends = preview !== undefined && file.size <= preview;
  await talk.write(ends ? '0; ieof\r\n\r\n' : '0\r\n\r\n');
  return undefined;
}

async function chunk(talk: Conversation, piece: Uint8Array): Promise<void> {
  if (piece.length === 0) return;
  await talk.write(`${piece.length.toString(16)}\r\n`);
  await talk.write(piece);
  await talk.write('\r\n');
}

async function scannedOf(head: IcapHead, { talk, sent, reading }: Asking & { readonly sent: Hash }): Promise<Scanned> {
  if (head.status === 204) return { result: 'clean' };
  if (head.status !== 200 && head.status !== 201) return refused(head);
  const named = infectionIn(head);
  if (named !== undefined) return { result: 'found', detail: named };
  // It answers with the body where it knows no 204: the same bytes say that nothing was found.
  const back = createHash('sha256');
  await bodyOf(head, talk, (piece) => back.update(piece));
  if (reading.failed === undefined && back.digest('hex') === sent.digest('hex')) return { result: 'clean' };
  return { result: 'found', detail: 'stopped by the ICAP service' };
}

/** Headers that services agreed on (draft-stecher-icap-subid, and what vendors send). */
function infectionIn({ headers }: IcapHead): string | undefined {
  const threat = /Threat=([^;]+)/iu.exec(headers.get('x-infection-found') ?? '')?.[1];
  const named = threat ?? headers.get('x-virus-id') ?? headers.get('x-virus-name');
  if (named !== undefined) return scannerWords(named);
  const violations = headers.get('x-violations-found');
  const there = headers.has('x-infection-found') || (violations !== undefined && violations.trim() !== '0');
  return there ? 'malware' : undefined;
}

function refused({ status }: IcapHead): Scanned {
  return failedToScan(`the ICAP service answered ${status}`, status !== 413);
}
