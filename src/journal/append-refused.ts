/**
 * This append can't go on record as it is, and trying again does not help: a body that fits no schema, a value without
 * canonical text, a bug. Nothing of it was written; appends of others went on.
 */
export class AppendRefused extends Error {
  override name = 'AppendRefused';
}
