/** Web addresses without query, user or a closing slash. */
import { z } from 'zod';
import { say } from '../problem.ts';

/** An http(s) address, its closing slashes removed. */
export const webAddress = z.string().transform((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) {
    const fix = 'write it with http:// or https://, for example http://127.0.0.1:8008';
    ctx.addIssue({ code: 'custom', message: say('is not a web address', fix) });
    return z.NEVER;
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    const fix = `write only ${url.origin}${url.pathname}`;
    ctx.addIssue({ code: 'custom', message: say('has a user, a query or a fragment in it', fix) });
    return z.NEVER;
  }
  return text.replace(/\/+$/u, '');
});
