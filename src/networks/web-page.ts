/** A web page where an API should answer, as a proxy or a sign-in puts one before everything: whatever its status, the provider said nothing. */
import type { ConnectorState } from '../core/ports/connector.ts';
import type { FetchAnswer } from '../core/ports/safe-fetch.ts';

export function isPage(answer: Pick<FetchAnswer, 'header'>): boolean {
  return /^\s*text\/html\b/iu.test(answer.header('content-type') ?? '');
}

/** @param provider its name, as people call it; the config names its address by `api` */
export function webPage(provider: string): ConnectorState {
  return { name: 'connecting', detail: pageWords(provider) };
}

export function pageWords(provider: string): string {
  return `a web page answers in place of ${provider}: look at api, and at what stands between`;
}
