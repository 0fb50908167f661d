/** What one thing that signal-cli hands over turns into. */
import type { Address } from '../../core/ids.ts';
import type { Group } from '../../core/network-entries.ts';
import type { NetworkEvent, OutboundUpdate, RemoteTyping } from '../../core/ports/connector.ts';

export type Step =
  | { readonly kind: 'event'; readonly event: NetworkEvent }
  | { readonly kind: 'receipt'; readonly update: OutboundUpdate }
  | { readonly kind: 'typing'; readonly typing: RemoteTyping };

/** Who is in a group, as far as known soon. */
export type GroupLook = (line: Address, id: string, revision: number | undefined) => Promise<Group | undefined>;
