/** What stands for a file that is no small picture, for providers that want a preview of everything: the same for all. */
import type { WebhookAnswer } from '../../core/ports/webhook.ts';

/** In our webhook's query; it leads to nothing that anybody may not see. */
export const previewWord = 'preview';

/** One grey point, to be drawn at any size. */
const greySquare = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mM4AwAAzgDNee7qPQAAAABJRU5ErkJggg==',
  'base64',
);

export const previewAnswer: WebhookAnswer = { to: 'accepted', body: { type: 'image/png', content: greySquare } };
