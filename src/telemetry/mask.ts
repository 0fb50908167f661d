/**
 * Takes out of log lines what must not be in them (DESIGN 5, At rest; OWASP ASVS 5.0 16.2.5 and 16.4.1): by the name
 * of the field, and by the shape of its value wherever it stands, since an error's message comes from anywhere.
 */
const SECRET_KEYS = /token|secret|passw|authorization|cookie|credential|signature|private|masterkey|^key$/iu;
const PERSONAL_KEYS =
  /^(text|body|html|caption|subject|name|fromname|displayname|contactname|address|phone|number|msisdn|from|to|email|mail|ghost)$/iu;

/** Longest value that is written, in UTF-16 units. */
export const VALUE_MAX = 2000;
/** What is looked at behind the longest value: masked text may be shorter than what it stands for. */
const MARGIN = 500;

const SHAPES: readonly (readonly [RegExp, string])[] = [
  // V8 quotes what it could not parse.
  [
    /(?:Unexpected token '[^]{1,2}', )?(?:\.{3})?"[^]{0,200}?"(?:\.{3})? is not valid JSON/gu,
    '[text] is not valid JSON',
  ],
  [/\bBearer\s+[^\s"',;]+/giu, 'Bearer [token]'],
  [
    /\b((?:access_|as_|hs_|refresh_)?(?:token|secret|password|passwd|pwd|sig|signature))(["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/giu,
    '$1$2[secret]',
  ],
  [/\b(?:syt|mat|mct|mcr|sk|xox[abp]|ghp)_[\w-]{8,}/gu, '[token]'],
  [/(\/\/)[^\s/@:]*:[^\s/@]*@/gu, '$1[credentials]@'],
  [/(?:@|%40)?_gh_[^\s"',;)\]}]+/giu, '[ghost]'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/gu, '[email]'],
  [/\+\s?\d[\d\s().\u2010-\u2015-]{4,}\d/gu, '[phone]'],
  [/\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b/gu, '[phone]'],
  // Not the digits of a portal's or contact's id.
  [/(?<!\b[pc])(?<!\d)\d{7,}/gu, '[digits]'],
];

/** `text` without tokens, phone numbers, ghosts' user ids and mail addresses; bounded. */
export function maskText(text: string, max = VALUE_MAX): string {
  // A word that the cut goes through might no longer have the shape by which it is known.
  const cut = text.length <= max + MARGIN ? text : text.slice(0, max + MARGIN).replace(/\S+$/u, '');
  const masked = SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), cut);
  return masked.length <= max && cut.length === text.length ? masked : `${masked.slice(0, max)}…`;
}

/** A field's value as it may be written. Numbers and flags are ours (positions, milliseconds) unless the key says otherwise. */
export function maskField(key: string, value: string | number | boolean): string | number | boolean {
  if (SECRET_KEYS.test(key)) return '[secret]';
  if (PERSONAL_KEYS.test(key)) return '[personal]';
  if (typeof value !== 'string') return value;
  // A task's id is a position and a kind of our own.
  return key === 'task' && /^\d{1,16}\/[a-z0-9.-]+$/u.test(value) ? value : maskText(value);
}
