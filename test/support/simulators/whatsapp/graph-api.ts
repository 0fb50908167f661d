/** The Graph API as far as the Cloud API is used: strict about tokens, versions, shapes, limits and windows. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { fault, sayFault, type GraphFault } from './graph-errors.ts';
import { partsOf } from './multipart.ts';
import { fileLimits, outboundShape, readShape, uploadTypes, type Outbound } from './message-shape.ts';

export interface GraphAccount {
  readonly token: string;
  readonly version: string;
  readonly businessAccountId: string;
  readonly phoneNumberIds: readonly string[];
}

export interface SimTemplate {
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category: string;
  readonly components: readonly object[];
}

export interface StoredFile {
  readonly bytes: Buffer;
  readonly type: string;
}

export interface Accepted {
  readonly id: string;
  readonly line: string;
  /** Digits, a BSUID or a group's id. */
  readonly to: string;
  readonly body: Outbound;
  readonly file?: StoredFile;
}

const dayMs = 86_400_000;
const addressMs = 300_000;

interface At {
  readonly route: string;
  readonly id: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bytes: Buffer;
}

export class GraphApi {
  readonly account: GraphAccount;
  readonly templates: SimTemplate[] = [];
  readonly accepted: Accepted[] = [];
  readonly told: { readonly what: 'read' | 'typing'; readonly id: string }[] = [];
  /** People who have no WhatsApp, and those who want no marketing. */
  readonly notThere = new Set<string>();
  readonly stopped = new Set<string>();
  /** When a person last wrote to a line. */
  readonly #windows = new Map<string, number>();
  /** Files that customers sent and that we uploaded, by id. */
  readonly files = new Map<string, StoredFile>();
  readonly #addresses = new Map<string, { readonly media: string; readonly until: number }>();
  readonly #now: () => number;
  /** Where addresses of files lead. */
  filesAt = '';
  /** Errors for the next sends. */
  readonly faults: GraphFault[] = [];
  tokenIsGood = true;
  answers = true;
  onAccepted: (accepted: Accepted) => void = () => undefined;

  constructor(account: GraphAccount, now: () => number) {
    this.account = account;
    this.#now = now;
  }

  wrote(line: string, person: string, at = this.#now()): void {
    this.#windows.set(`${line} ${person}`, at);
  }

  /** Those that were given out are over. */
  expireAddresses(): void {
    this.#addresses.clear();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://graph');
    const [, version, id = '', edge = ''] = url.pathname.split('/');
    const bytes = await buffer(request);
    if (!this.#isAuthorised(request)) {
      sayFault(response, fault(190, 'Error validating access token', 401));
    } else if (version !== this.account.version) {
      sayFault(response, fault(2635, 'You are calling a deprecated version of the API'));
    } else this.#route({ route: `${request.method ?? ''} ${edge}`, id, request, response, bytes, url });
  }

  #route(at: At): void {
    const { route, id, response, url } = at;
    if (this.account.phoneNumberIds.includes(id)) this.#number(at);
    else if (id === this.account.businessAccountId && route === 'GET message_templates') this.#list(url, response);
    else if (route === 'GET ') this.#media(id, response);
    else sayFault(response, fault(100, 'Unsupported request'));
  }

  /** The other origin: the bytes themselves, for who has the token and an address that is still good. */
  download(request: IncomingMessage, response: ServerResponse): void {
    const key = new URL(request.url ?? '/', 'http://files').searchParams.get('hash') ?? '';
    const at = this.#addresses.get(key);
    const file = this.files.get(at?.media ?? '');
    if (!this.#isAuthorised(request)) response.writeHead(401).end();
    else if (at === undefined || file === undefined || at.until < this.#now()) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
  }

  #isAuthorised(request: IncomingMessage): boolean {
    return this.tokenIsGood && request.headers.authorization === `Bearer ${this.account.token}`;
  }

  #number(at: At): void {
    const { route, id, response } = at;
    if (route === 'GET ') say(response, { id });
    else if (route === 'POST media') this.#upload(at);
    else if (route === 'POST messages') this.#messages(at);
    else sayFault(response, fault(100, 'Unsupported request'));
  }

  #messages({ id: line, request, response, bytes }: At): void {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    const read = readShape.safeParse(body);
    if (request.headers['content-type'] !== 'application/json') sayFault(response, fault(100, 'not JSON'));
    else if (read.success) {
      const { message_id: id, typing_indicator: typing } = read.data;
      this.told.push({ what: 'read', id }, ...(typing === undefined ? [] : [{ what: 'typing' as const, id }]));
      say(response, { success: true });
    } else this.#message(line, body, response);
  }

  #message(line: string, given: unknown, response: ServerResponse): void {
    const shaped = outboundShape.safeParse(given);
    if (!shaped.success) {
      sayFault(response, fault(100, `Invalid parameter: ${shaped.error.issues[0]?.path.join('.') ?? ''}`));
      return;
    }
    const to = recipientOf(shaped.data);
    const wrong = this.faults.shift() ?? this.#fault(line, to, shaped.data);
    if (wrong === undefined && to !== undefined) this.#accept({ line, to, body: shaped.data }, response);
    else sayFault(response, wrong ?? fault(100, 'no recipient'));
  }

  #accept({ line, to, body }: Pick<Accepted, 'line' | 'to' | 'body'>, response: ServerResponse): void {
    const id = `wamid.${Buffer.from(`${line}${randomUUID()}`).toString('base64')}`;
    const file = this.files.get(mediaIn(body) ?? '');
    const accepted = { id, line, to, body, ...(file === undefined ? {} : { file }) };
    this.accepted.push(accepted);
    this.onAccepted(accepted);
    if (!this.answers) return;
    const contact = /^\d/u.test(to) ? { input: to, wa_id: to } : { input: to, user_id: to };
    say(response, { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id }] });
  }

  #fault(line: string, to: string | undefined, body: Outbound): GraphFault | undefined {
    if (to === undefined) return fault(100, 'The parameter to or recipient is required');
    if (this.notThere.has(to)) return fault(131_026, 'Message undeliverable');
    if (this.stopped.has(to)) return fault(131_050, 'User has stopped marketing messages');
    if (body.recipient_type === 'group' && ['location', 'reaction'].includes(body.type)) {
      return fault(131_051, 'Message type is not currently supported');
    }
    if (body.type === 'template') return this.#templateFault(body.template);
    const last = this.#windows.get(`${line} ${to}`);
    if (last === undefined || this.#now() - last >= dayMs) return fault(131_047, 'Re-engagement message');
    return this.#fileFault(body);
  }

  #templateFault(given: Extract<Outbound, { type: 'template' }>['template']): GraphFault | undefined {
    const known = this.templates.find(({ name, language }) => name === given.name && language === given.language.code);
    if (known?.status !== 'APPROVED') return notSendable(known?.status);
    const wanted = new Set(JSON.stringify(known.components).match(/\{\{\w+\}\}/gu));
    const values = given.components?.flatMap(({ parameters }) => parameters) ?? [];
    if (wanted.size !== values.length) return fault(132_000, 'Number of parameters does not match');
    // From memory: which code it has.
    if (values.some(({ text }) => /[\n\t]| {5}/u.test(text)))
      return fault(132_018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces');
    const named = [...wanted].some((one) => !/\d/u.test(one));
    const asNamed = values.every(({ parameter_name: name }) =>
      name === undefined ? !named : wanted.has(`{{${name}}}`),
    );
    return asNamed ? undefined : fault(132_012, 'Parameter format does not match');
  }

  #fileFault(body: Outbound): GraphFault | undefined {
    const media = mediaIn(body);
    const limits = fileLimits[body.type];
    if (media === undefined || limits === undefined) return undefined;
    const file = this.files.get(media);
    if (file === undefined) return fault(131_009, 'Parameter value is not valid: the media id');
    const fits = limits.types.test(file.type) && file.bytes.length <= limits.most;
    return fits ? undefined : fault(131_053, 'Media upload error: unsupported type or too large');
  }

  #upload({ request, response, bytes }: At): void {
    const parts = partsOf(bytes, request.headers['content-type'] ?? '');
    const [said, file] = [parts.get('type')?.bytes.toString('utf8'), parts.get('file')];
    const product = parts.get('messaging_product')?.bytes.toString('utf8');
    if (product !== 'whatsapp' || file?.type === undefined || said === undefined) {
      sayFault(response, fault(100, 'The parameters messaging_product, type and file are required'));
    } else if (!uploadTypes.test(said) || file.type !== said) {
      sayFault(response, fault(100, `Param file must be a file of an allowed type. Received file of type '${said}'`));
    } else {
      const id = `${String(this.#now())}${String(this.files.size)}`;
      this.files.set(id, { bytes: file.bytes, type: said });
      say(response, { id });
    }
  }

  #media(id: string, response: ServerResponse): void {
    const file = this.files.get(id);
    if (file === undefined) {
      sayFault(response, fault(100, `Unsupported get request. Object with ID '${id}' does not exist`));
      return;
    }
    const key = randomUUID();
    this.#addresses.set(key, { media: id, until: this.#now() + addressMs });
    const sha256 = createHash('sha256').update(file.bytes).digest('hex');
    const url = `${this.filesAt}/whatsapp_business/attachments/?mid=${id}&hash=${key}`;
    say(response, {
      messaging_product: 'whatsapp',
      url,
      mime_type: file.type,
      sha256,
      file_size: file.bytes.length,
      id,
    });
  }

  #list(url: URL, response: ServerResponse): void {
    const limit = Number(url.searchParams.get('limit') ?? 25);
    const from = Number(url.searchParams.get('after') ?? 0);
    const status = url.searchParams.get('status');
    const all = this.templates.filter((one) => status === null || one.status === status);
    const data = all.slice(from, from + limit);
    const more = from + limit < all.length;
    const after = String(from + limit);
    say(response, {
      data,
      paging: { cursors: { after }, ...(more ? { next: `https://graph.facebook.com/next?after=${after}` } : {}) },
    });
  }
}

/** Meta's "Error codes" of templates. */
function notSendable(status: string | undefined): GraphFault {
  if (status === 'PAUSED') return fault(132_015, 'Template is Paused');
  if (status === 'DISABLED') return fault(132_016, 'Template is Disabled');
  return fault(132_001, 'Template name does not exist in the translation', 404);
}

function say(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

function recipientOf({ to, recipient, recipient_type: type }: Outbound): string | undefined {
  if (type === 'group') return to;
  if (to === undefined)
    return recipient !== undefined && /^[A-Z]{2}\.[A-Za-z0-9.]+$/u.test(recipient) ? recipient : undefined;
  return /^\+?[1-9]\d{6,14}$/u.test(to) ? to.replace('+', '') : undefined;
}

function mediaIn(body: Outbound): string | undefined {
  switch (body.type) {
    case 'image':
      return body.image.id;
    case 'video':
      return body.video.id;
    case 'audio':
      return body.audio.id;
    case 'document':
      return body.document.id;
    case 'sticker':
      return body.sticker.id;
    default:
      return undefined;
  }
}
