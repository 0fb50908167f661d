/**
 * XEP-0363: finds the server's upload component, asks it for a slot and puts the bytes there. The address that the customer
 * gets is the component's; nobody but who has it can read it.
 */
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundFile, SendResult } from '../../core/ports/outbound.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { XmppConfig } from './config.ts';
import type { Iqs } from './iqs.ts';
import { ns } from './namespaces.ts';
import { bounceOf, failureOf } from './stanzas/errors.ts';
import { childOf, childrenOf, textOf, xml, type XmlElement } from './xml/element.ts';

export interface UploadService {
  readonly jid: string;
  /** Bytes, as it says. */
  readonly maxBytes: number;
}

interface Slot {
  readonly put: string;
  readonly get: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Uploaded = { readonly url: string } | { readonly result: SendResult };

/** Where the component does not say. */
const maxBytesUnsaid = 10_485_760;
export const mostBytes = 104_857_600;
const putTimeoutMs = 300_000;
/** XEP-0363, 5: no other header is taken over. */
const allowedHeaders: readonly string[] = ['authorization', 'cookie', 'expires'];
const longestUrl = 2_048;
export const noComponent = { reason: 'unsupported', detail: 'files: the server has no upload component' } as const;
const laterMs = 30_000;

export class Upload {
  readonly #ctx: ConnectorContext;
  readonly #config: XmppConfig;
  readonly #iqs: Iqs;
  #service: UploadService | 'none' | undefined;

  constructor(ctx: ConnectorContext, config: XmppConfig, iqs: Iqs) {
    this.#ctx = ctx;
    this.#config = config;
    this.#iqs = iqs;
  }

  /** Whether the server has said if it has one. */
  get isKnown(): boolean {
    return this.#service !== undefined;
  }

  /**
   * Of one file; undefined where there is no component: then no file can be sent. Until the server has said, as much as
   * any may take: what is not known yet is no reason to refuse a picture for good.
   */
  get maxBytes(): number | undefined {
    if (this.#service === undefined) return mostBytes;
    return this.#service === 'none' ? undefined : this.#service.maxBytes;
  }

  /** Looks for the component. Never rejects; what was known before stays where nobody answers. */
  async find(): Promise<void> {
    const { uploadService, server } = this.#config;
    const named = uploadService === undefined ? await this.#itemsOf(server ?? this.#parent()) : [uploadService];
    let silent = named === undefined;
    for (const jid of named ?? []) {
      const service = await this.#infoOf(jid);
      if (service !== undefined && service !== 'none') {
        this.#service = service;
        return;
      }
      silent ||= service === undefined;
    }
    if (!silent) this.#service ??= 'none';
  }

  async put(file: OutboundFile, from: string, attempt: number): Promise<Uploaded> {
    if (!this.isKnown) await this.find();
    const service = this.#service;
    if (service === undefined) return { result: later('the server does not say yet whether it takes files') };
    if (service === 'none') return { result: { state: 'failed', ...noComponent } };
    const attrs = { filename: file.name, size: String(file.size), 'content-type': file.type };
    const asked = await this.#iqs.ask({ from, to: service.jid, payload: xml(ns.upload, 'request', attrs) });
    if (asked.is === 'silence') return { result: later('the upload component does not answer') };
    if (asked.is === 'error') return { result: refusalOf(asked.iq, attempt) };
    const slot = slotOf(asked.iq);
    if (slot === undefined) return { result: later('the upload component gave no place') };
    return this.#putInto(slot, file);
  }

  async #putInto(slot: Slot, file: OutboundFile): Promise<Uploaded> {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.open()) pieces.push(piece);
    const headers = { ...slot.headers, 'content-type': file.type };
    const wish = { method: 'PUT' as const, headers, body: Buffer.concat(pieces), timeoutMs: putTimeoutMs };
    try {
      const answer = await this.#asking(slot.put, wish);
      if (answer.status >= 200 && answer.status < 300) return { url: slot.get };
      return { result: this.#notTaken(answer) };
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      if (error.kind !== 'refused') return { result: later(`the file could not be put: ${error.detail}`) };
      const detail = `the address for files is not allowed (${error.detail}): set uploadOrigin`;
      return { result: { state: 'failed', reason: 'provider-refused', detail } };
    }
  }

  /** Inside the company's network only where the config names it. */
  #asking(url: string, wish: Parameters<ConnectorContext['fetch']>[1]): Promise<FetchAnswer> {
    const { uploadOrigin } = this.#config;
    const target = new URL(url);
    if (uploadOrigin === undefined || new URL(uploadOrigin).origin !== target.origin) return this.#ctx.fetch(url, wish);
    return this.#ctx.api(target.origin)(`${target.pathname}${target.search}`, wish);
  }

  #notTaken(answer: FetchAnswer): SendResult {
    if (answer.status === 413) return { state: 'failed', reason: 'too-large', detail: 'for the upload component' };
    const detail = `the upload component answered ${String(answer.status)}`;
    if (answer.status < 500 && answer.status !== 429) return { state: 'failed', reason: 'provider-refused', detail };
    return later(detail, retryAfterMs(answer.header('retry-after'), this.#ctx.clock.now()));
  }

  #parent(): string {
    return this.#config.domain.split('.').slice(1).join('.');
  }

  /** Undefined where it doesn't say. */
  async #itemsOf(server: string): Promise<string[] | undefined> {
    if (server === '') return [];
    const asked = await this.#iqs.ask({ from: this.#config.domain, to: server, payload: xml(ns.discoItems, 'query') });
    if (asked.is === 'silence') return undefined;
    const query = asked.is === 'result' ? childOf(asked.iq, ns.discoItems, 'query') : undefined;
    if (query === undefined) return [];
    const items = childrenOf(query, ns.discoItems, 'item').map((item) => item.attrs['jid'] ?? '');
    return [...items, server].filter((jid) => jid !== '' && jid !== this.#config.domain).slice(0, 20);
  }

  /** Undefined where it doesn't say. */
  async #infoOf(jid: string): Promise<UploadService | 'none' | undefined> {
    const asked = await this.#iqs.ask({ from: this.#config.domain, to: jid, payload: xml(ns.discoInfo, 'query') });
    if (asked.is === 'silence') return undefined;
    const query = asked.is === 'result' ? childOf(asked.iq, ns.discoInfo, 'query') : undefined;
    if (query === undefined) return 'none';
    const features = childrenOf(query, ns.discoInfo, 'feature').map((feature) => feature.attrs['var']);
    return features.includes(ns.upload) ? { jid, maxBytes: maxBytesOf(query) } : 'none';
  }
}

function maxBytesOf(query: XmlElement): number {
  const fields = childrenOf(query, ns.dataForms, 'x').flatMap((form) => childrenOf(form, ns.dataForms, 'field'));
  const field = fields.find((one) => one.attrs['var'] === 'max-file-size');
  const text = field === undefined ? '' : textOf(childOf(field, ns.dataForms, 'value'));
  return /^\d{1,15}$/u.test(text) ? Math.min(Number(text), mostBytes) : maxBytesUnsaid;
}

function slotOf(iq: XmlElement): Slot | undefined {
  const slot = childOf(iq, ns.upload, 'slot');
  if (slot === undefined) return undefined;
  const [put, get] = [childOf(slot, ns.upload, 'put'), childOf(slot, ns.upload, 'get')];
  const [putUrl, getUrl] = [put?.attrs['url'], get?.attrs['url']];
  if (put === undefined || !isWeb(putUrl) || !isWeb(getUrl)) return undefined;
  return { put: putUrl, get: getUrl, headers: headersOf(put) };
}

function headersOf(put: XmlElement): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const header of childrenOf(put, ns.upload, 'header')) {
    const name = (header.attrs['name'] ?? '').toLowerCase();
    if (allowedHeaders.includes(name)) headers[name] = textOf(header).replace(/[\r\n]/gu, '');
  }
  return headers;
}

function isWeb(url: string | undefined): url is string {
  return url !== undefined && url.length <= longestUrl && /^https?:\/\//iu.test(url) && URL.canParse(url);
}

function refusalOf(iq: XmlElement, attempt: number): SendResult {
  const bounce = bounceOf(iq);
  const error = childOf(iq, ns.component, 'error');
  const tooLarge = error === undefined ? undefined : childOf(error, ns.upload, 'file-too-large');
  if (tooLarge !== undefined) return { state: 'failed', reason: 'too-large', detail: 'for the upload component' };
  const failed = failureOf(bounce, attempt);
  return failed.state === 'failed' ? { ...failed, detail: 'the upload component refused the file' } : failed;
}

function later(detail: string, afterMs: number = laterMs): SendResult {
  return { state: 'retry', afterMs, scope: 'message', reason: 'provider-down', detail };
}
