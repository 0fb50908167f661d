/** A stanza that came for a line, and what every event of it has in common. */
import { after, parseMillis, type Address, type Millis } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Clock } from '../../core/clock.ts';
import type { Jid } from './jid.ts';
import { delayOf } from './stanzas/payload.ts';
import type { XmlElement } from './xml/element.ts';

export interface Arrival {
  readonly stanza: XmlElement;
  readonly raw: Buffer;
  readonly from: Jid;
  readonly line: Address;
}

/** A stamp from further back, or from the future, is not believed: anybody may write one. */
const oldestMs = 30 * 86_400_000;
const aheadMs = 60_000;

/** When it was sent: by a stamp of XEP-0203 where it can be believed, else now. */
export function sentAt(stanza: XmlElement, clock: Clock): Millis {
  const now = clock.now();
  const stamp = delayOf(stanza);
  const at = parseMillis(stamp === undefined ? Number.NaN : Date.parse(stamp));
  return at.ok && at.value >= now - oldestMs && at.value <= after(now, aheadMs) ? at.value : now;
}

/** How the wire carried it. */
export function wireOf({ stanza, from }: Arrival): JsonObject {
  return {
    type: (stanza.attrs['type'] ?? 'normal').slice(0, 20),
    ...(from.resource === '' ? {} : { resource: from.resource }),
    ...(delayOf(stanza) === undefined ? {} : { delayed: delayOf(stanza) }),
  };
}
