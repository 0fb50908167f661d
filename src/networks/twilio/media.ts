/** Pictures and files of an MMS: what kind they are, and what they are fetched by. */
import type { Attachment, FileKind } from '../../core/network-entries.ts';

/** As the API names them, on whatever host: `/2010-04-01/Accounts/AC…/Messages/MM…/Media/ME…`. */
const OF_API = /^\/2010-04-01\/Accounts\/AC[0-9a-fA-F]{32}\/Messages\/[0-9A-Za-z]{2,64}\/Media\/ME[0-9a-fA-F]{32}$/u;
const LONGEST_REF = 2_048;

export interface ToldMedia {
  readonly url: string;
  readonly type: string | undefined;
}

/** Undefined for an address that can't be asked for. */
export function attachmentOf({ url, type }: ToldMedia): Attachment | undefined {
  const ref = refOf(url);
  if (ref === undefined) return undefined;
  return { kind: kindOf(type), ref, ...(type === undefined || type === '' ? {} : { type }) };
}

/** A path of the API, or another address as a whole. */
function refOf(url: string): string | undefined {
  if (!URL.canParse(url) || url.length > LONGEST_REF) return undefined;
  const { protocol, pathname } = new URL(url);
  if (OF_API.test(pathname)) return pathname;
  return protocol === 'https:' || protocol === 'http:' ? url : undefined;
}

/** Whether the API is asked for it, with our login. */
export function isOfApi(ref: string): boolean {
  return OF_API.test(ref);
}

function kindOf(type = ''): FileKind {
  const family = type.slice(0, type.indexOf('/')).toLowerCase();
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}
