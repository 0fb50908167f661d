/** Reads a query (docs/query.md): OR binds weaker than standing side by side, `-` and NEAR bind strongest. */
import { err, ok, type Result } from '../../../core/result.ts';
import { meaningOf } from './fields.ts';
import { cut, WIDEST_NEAR, type Piece } from './lexer.ts';
import type { Phrase, Query, QueryContext, QueryError } from './query.ts';
import { phraseOf } from './terms.ts';

const MOST_PIECES = 128;
const MOST_LEVELS = 16;

type Read = Result<Query, QueryError>;

/** Expected mistakes are values, with place and fix. */
export function parseQuery(text: string, context: QueryContext): Read {
  const pieces = cut(text, context);
  if (!pieces.ok) return pieces;
  const tooMany = pieces.value[MOST_PIECES];
  if (tooMany !== undefined) {
    return wrong(tooMany, `there are more than ${MOST_PIECES} words and signs`, 'Search for less at a time');
  }
  if (pieces.value.length === 0)
    return err({ at: 0, length: 0, what: 'the query is empty', fix: 'Write what to search' });
  return new Parser(pieces.value, text, context).read();
}

class Parser {
  readonly #pieces: readonly Piece[];
  readonly #end: { readonly at: number; readonly length: number };
  readonly #context: QueryContext;
  #next = 0;
  #level = 0;

  constructor(pieces: readonly Piece[], text: string, context: QueryContext) {
    this.#pieces = pieces;
    this.#end = { at: text.length, length: 0 };
    this.#context = context;
  }

  read(): Read {
    const query = this.#either();
    const left = this.#peek();
    if (query.ok && left !== undefined) return wrong(left, 'this bracket was not opened', 'Take it out, or add a (');
    return query;
  }

  #peek(): Piece | undefined {
    return this.#pieces[this.#next];
  }

  /** a b OR c */
  #either(): Read {
    const of: Query[] = [];
    for (;;) {
      const side = this.#together();
      if (!side.ok) return side;
      of.push(side.value);
      if (this.#peek()?.is !== 'or') return ok(joined('or', of));
      this.#next += 1;
    }
  }

  /** a b c */
  #together(): Read {
    const of: Query[] = [];
    for (let piece = this.#peek(); piece !== undefined && !ends(piece); piece = this.#peek()) {
      const part = this.#one(piece);
      if (!part.ok) return part;
      of.push(part.value);
    }
    if (of.length > 0) return ok(joined('and', of));
    return wrong(
      this.#peek() ?? this.#end,
      'something to search for is missing here',
      'Add a word, or take out the OR or bracket',
    );
  }

  #one(piece: Piece): Read {
    this.#next += 1;
    switch (piece.is) {
      case 'not':
        return this.#not();
      case 'open':
        return this.#nested(piece);
      case 'field':
        return meaningOf(piece, this.#context);
      case 'quoted':
      case 'word':
        return this.#words(piece);
      default:
        return wrong(piece, 'this needs a word on both sides', 'Write one NEAR/5 two, or one OR two');
    }
  }

  #not(): Read {
    const piece = this.#peek();
    if (piece === undefined) return wrong(this.#end, 'something to leave out is missing here', 'Write -word');
    const of = piece.is === 'not' ? wrong(piece, 'two dashes follow each other', 'Write one') : this.#one(piece);
    return of.ok ? ok({ is: 'not', of: of.value }) : of;
  }

  #nested(open: Piece): Read {
    if (this.#level >= MOST_LEVELS) return wrong(open, `brackets are more than ${MOST_LEVELS} deep`, 'Use fewer');
    this.#level += 1;
    const query = this.#either();
    if (!query.ok) return query;
    if (this.#peek()?.is !== 'close') return wrong(open, 'this bracket is not closed', 'Add a )');
    this.#next += 1;
    this.#level -= 1;
    return query;
  }

  #words(piece: Piece): Read {
    const first = phrase(piece);
    if (!first.ok) return first;
    const then: { within: number; phrase: Phrase }[] = [];
    for (let near = this.#peek(); near?.is === 'near'; near = this.#peek()) {
      const other = this.#pieces[this.#next + 1];
      const next = other === undefined ? err(missing(this.#end)) : phrase(other);
      if (!next.ok) return next;
      if (near.within < 1 || near.within > WIDEST_NEAR) {
        return wrong(near, `NEAR reaches from 1 to ${WIDEST_NEAR} words`, 'Write NEAR/5');
      }
      then.push({ within: near.within, phrase: next.value });
      this.#next += 2;
    }
    return ok(then.length === 0 ? { is: 'phrase', phrase: first.value } : { is: 'near', first: first.value, then });
  }
}

function ends(piece: Piece): boolean {
  return piece.is === 'or' || piece.is === 'close';
}

function joined(is: 'and' | 'or', of: readonly Query[]): Query {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { is, of };
}

function phrase(piece: Piece): Result<Phrase, QueryError> {
  if (piece.is !== 'quoted' && piece.is !== 'word') return err(missing(piece));
  const found = piece.is === 'quoted' ? quotedPhrase(piece.text) : phraseOf(piece.text, piece.star);
  if (found !== undefined) return ok(found);
  return wrong(piece, 'there are no letters or digits in this', 'Add some, or take it out');
}

/** `"a phra*"`: the star works inside a quotation too, at its end. */
function quotedPhrase(text: string): Phrase | undefined {
  const plain = text.trimEnd();
  return plain.endsWith('*') ? phraseOf(plain.slice(0, -1), true) : phraseOf(plain);
}

function missing(place: { readonly at: number; readonly length: number }): QueryError {
  const { at, length } = place;
  return { at, length, what: 'NEAR needs a word or a quotation on both sides', fix: 'Write one NEAR/5 two' };
}

function wrong(
  { at, length }: { readonly at: number; readonly length: number },
  what: string,
  fix: string,
): Result<never, QueryError> {
  return err({ at, length, what, fix });
}
