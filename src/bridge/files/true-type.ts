/** What a file is sent as: its bytes say it, and its sender may say it more closely where they leave it open. */
import { bareType } from './file-content.ts';

/** What many types look like, and which of them its sender may name. */
const closer: Readonly<Record<string, RegExp>> = {
  'text/plain': /^text\/(?:csv|vcard|x-vcard|calendar|markdown|tab-separated-values)$/u,
  // Documents of older office programs are one container.
  'application/x-cfb': /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint|outlook))$/u,
  'application/ogg': /^audio\/ogg$/u,
  'video/mp4': /^audio\/mp4$/u,
  'audio/x-m4a': /^audio\/mp4$/u,
  'video/webm': /^audio\/webm$/u,
};

export function trueType(looked: string, said: string | undefined): string {
  const type = bareType(looked);
  const named = said === undefined ? '' : bareType(said);
  return Object.hasOwn(closer, type) && closer[type]?.test(named) === true ? named : type;
}
