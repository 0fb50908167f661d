/**
 * Tokens: what the index holds in place of words. A token is a keyed hash, so that the index says nothing to whoever
 * has it without the key, except that two records share a word.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSpaceless, prefixesOf } from './words.ts';

/** 64 bits: two words that share a token only cost a look at the text, which then decides. */
const TOKEN_HEX = 16;
/** Words remembered in each of two generations; about 200 bytes each. */
const REMEMBERED = 20_000;
/** A longer word is seldom seen twice. */
const LONGEST_REMEMBERED = 32;

/** Values remembered of each field. */
const REMEMBERED_VALUES = 5_000;

/** The tokens of one word: itself, and what a search for a part of it looks for, separated by spaces. */
export interface WordTokens {
  readonly word: string;
  readonly parts: string;
}

export class Tokens {
  readonly #key: KeyObject;
  #young = new Map<string, WordTokens>();
  #old = new Map<string, WordTokens>();
  readonly #fields = new Map<string, Map<string, string>>();

  /** `key`: 32 bytes, used for nothing else. */
  constructor(key: Uint8Array) {
    // A KeyObject: raw bytes cost 27 us more for each hash (measured, Node 24.21).
    this.#key = createSecretKey(key);
  }

  word(word: string): string {
    return this.#hash(`w\0${word}`);
  }

  /** For `pre*`: `prefix` has one of the lengths of `PREFIX_LENGTHS`. */
  prefix(prefix: string): string {
    return this.#hash(`p\0${prefix}`);
  }

  /** One character of a script written without spaces. */
  character(character: string): string {
    return this.#hash(`c\0${character}`);
  }

  field(name: string, value: string): string {
    return this.#hash(`f\0${name}\0${value}`);
  }

  /** `field`, remembered: for fields of our own, of which there are few. */
  knownField(name: string, value: string): string {
    const known = this.#fields.get(name) ?? new Map<string, string>();
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size === 0) this.#fields.set(name, known);
    if (known.size >= REMEMBERED_VALUES) known.clear();
    const token = this.field(name, value);
    known.set(value, token);
    return token;
  }

  ofWord(word: string): WordTokens {
    return this.#remember(word);
  }

  #makeOfWord(word: string): WordTokens {
    const parts = isSpaceless(word)
      ? Array.from(word, (character) => this.character(character))
      : prefixesOf(word).map((prefix) => this.prefix(prefix));
    return { word: this.word(word), parts: parts.join(' ') };
  }

  #remember(word: string): WordTokens {
    const young = this.#young.get(word);
    if (young !== undefined) return young;
    const tokens = this.#old.get(word) ?? this.#makeOfWord(word);
    if (word.length > LONGEST_REMEMBERED) return tokens;
    if (this.#young.size >= REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(word, tokens);
    return tokens;
  }

  #hash(input: string): string {
    return createHmac('sha256', this.#key).update(input).digest('hex').slice(0, TOKEN_HEX);
  }
}
