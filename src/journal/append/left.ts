/** What the record still names once an erasure has taken its entries out of the search index. */
import type { Entry } from '../../core/entry.ts';
import type { ContactId } from '../../core/ids.ts';
import { erasingView } from '../erasing-view.ts';
import type { Left, Named } from '../projection.ts';
import { token } from '../search/narrow.ts';
import type { Batch } from './batch.ts';
import { SEARCH_INDEX } from './index-entries.ts';
import type { Setting } from './setting.ts';

/** Records of a contact that are looked at for what they say of it. */
const NEWEST = 50;

/** Asked after the index was changed and before anything else is: each answer is remembered. */
export function leftAfter(batch: Batch, setting: Setting): Left {
  const known = new Map<string, boolean>();
  const newest = new Map<ContactId, readonly Entry[]>();
  const candidates = (what: Named | 'actor', value: string, limit: number) => {
    const narrow = token(setting.search.tokens.knownField(what, value));
    return setting.search.candidates(narrow, { below: Number.MAX_SAFE_INTEGER, limit }, batch.writing);
  };
  const names: Left['names'] = async (what, value) => {
    // An index that lacks records can't tell: then all of it stays, and the rebuild that heals it leaves out what is gone.
    if (batch.stale.has(SEARCH_INDEX)) return true;
    // Those of this transaction are indexed at its end.
    if (batch.entries.some((entry) => entry[what] === value)) return true;
    return (await candidates(what, value, 1)).length > 0;
  };
  return {
    sealer: setting.keys.sealer,
    names: async (what, value) => {
      const key = `${what} ${value}`;
      const found = known.get(key) ?? (await names(what, value));
      known.set(key, found);
      return found;
    },
    newestOf: async (contact) => {
      const view = erasingView(batch.writing, setting.keys, setting.clock.now());
      const found = newest.get(contact) ?? [
        ...batch.entries.filter((entry) => entry.contact === contact).toReversed(),
        ...(await view.open(await candidates('contact', contact, NEWEST))),
      ];
      newest.set(contact, found);
      return found;
    },
  };
}
