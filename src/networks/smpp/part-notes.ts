/** Parts of long messages on disk, one note each, so that a part that was acknowledged is never lost. */
import { z } from 'zod';
import { parseMillis, type Millis } from '../../core/ids.ts';
import type { KvEdit } from '../../core/ports/connector.ts';
import type { OpenSet, Part } from './reassembly.ts';

const stored = z.strictObject({ at: z.number(), frame: z.base64() });

export class PartNotes {
  static readonly prefix = 'part:';

  /** The edit that keeps `part`, which belongs to `set`. */
  keep(set: OpenSet, part: Part): KvEdit {
    const value = JSON.stringify({ at: part.at, frame: part.frame.toString('base64') });
    return { key: noteKey(set, part), value: Buffer.from(value) };
  }

  /** The edits that forget all parts of `set`. */
  forget(set: OpenSet): KvEdit[] {
    return Array.from(set.parts.values(), (part) => ({ key: noteKey(set, part), value: null }));
  }

  read(
    notes: readonly { readonly key: string; readonly value: Uint8Array }[],
    partOf: (frame: Buffer, at: Millis) => Part | undefined,
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

function noteKey(set: OpenSet, part: Part): string {
  return `${PartNotes.prefix}${set.id}:${part.concat.sequence}`;
}

function readPart(value: Uint8Array, partOf: (frame: Buffer, at: Millis) => Part | undefined): Part | undefined {
  try {
    const note = stored.parse(JSON.parse(Buffer.from(value).toString('utf8')));
    const at = parseMillis(note.at);
    return at.ok ? partOf(Buffer.from(note.frame, 'base64'), at.value) : undefined;
  } catch {
    return undefined;
  }
}
