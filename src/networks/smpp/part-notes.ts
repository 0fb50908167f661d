/** Parts of long messages on disk, one note each, so that a part that was acknowledged is never lost. */
import { z } from 'zod';
import { must, parseMillis, type Millis } from '../../core/ids.ts';
import type { KvEdit } from '../../core/ports/connector.ts';
import type { OpenSet, Part } from './reassembly.ts';

/** A part on disk. */
export const storedPart = z.strictObject({ at: z.number(), frame: z.base64(), mayRepeat: z.boolean() });

/** A part as it came, before it is decoded again. */
export interface KeptPart {
  readonly frame: Buffer;
  readonly at: Millis;
  readonly mayRepeat: boolean;
}

export class PartNotes {
  static readonly prefix = 'part:';

  /** The edit that keeps `part`, which belongs to `set`. */
  keep(set: OpenSet, part: Part): KvEdit {
    return { key: noteKey(set, part), value: Buffer.from(JSON.stringify(storable(part))) };
  }

  /** The edits that forget all parts of `set`. */
  forget(set: OpenSet): KvEdit[] {
    return Array.from(set.parts.values(), (part) => ({ key: noteKey(set, part), value: null }));
  }

  read(
    notes: readonly { readonly key: string; readonly value: Uint8Array }[],
    partOf: (kept: KeptPart) => Part | undefined,
  ): { readonly parts: readonly { readonly id: string; readonly part: Part }[]; readonly unreadable: KvEdit[] } {
    const parts: { id: string; part: Part }[] = [];
    const unreadable: KvEdit[] = [];
    for (const { key, value } of notes) {
      const id = key.split(':')[1];
      const part = readPart(value, partOf);
      if (id === undefined || part === undefined) unreadable.push({ key, value: null });
      else parts.push({ id, part });
    }
    return { parts: parts.sort((a, b) => a.part.at - b.part.at), unreadable };
  }
}

/** As `storedPart` has it. */
export function storable({ at, frame, mayRepeat }: Part): z.input<typeof storedPart> {
  return { at, frame: frame.toString('base64'), mayRepeat };
}

/** @throws Error when the time is none */
export function keptPart({ at, frame, mayRepeat }: z.output<typeof storedPart>): KeptPart {
  return { at: must(parseMillis(at)), frame: Buffer.from(frame, 'base64'), mayRepeat };
}

/** Where `part` of `set` is noted. */
export function noteKey(set: OpenSet, part: Part): string {
  return `${PartNotes.prefix}${set.id}:${part.concat.sequence}`;
}

function readPart(value: Uint8Array, partOf: (kept: KeptPart) => Part | undefined): Part | undefined {
  try {
    return partOf(keptPart(storedPart.parse(JSON.parse(Buffer.from(value).toString('utf8')))));
  } catch {
    return undefined;
  }
}
