/** Where a link may lead: the web, a mail address, a phone number. */

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);
const LONGEST = 2_048;
const UNSEEN = /[\s\p{Cc}\p{Cf}]/u;

/** The link as it was written, or undefined: any other scheme, spaces and invisible characters make it none. */
export function safeHref(href: unknown): string | undefined {
  if (typeof href !== 'string' || href.length > LONGEST || UNSEEN.test(href)) return undefined;
  return URL.canParse(href) && isLeading(new URL(href), href) ? href : undefined;
}

function isLeading(url: URL, href: string): boolean {
  if (!SCHEMES.has(url.protocol)) return false;
  return url.host !== '' || (!url.protocol.startsWith('http') && href.length > url.protocol.length);
}
