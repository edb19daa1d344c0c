/** Longest reply of a store, bytes: twice the longest message of ours, with what the engine keeps beside it. */
export const MOST_REPLY = 8 * 1024 * 1024;
/** Most values in one reply. Room for what 10,000 workers say of themselves. */
const MOST_VALUES = 20_000;
/** Replies within replies. The engine's own scripts give two. */
const MOST_DEPTH = 8;
/** Longest line: a number, or the words of an error, bytes. */
const MOST_LINE = 16 * 1024;

const CR = 13;
const LF = 10;

/** Forms of a line behind its type, by RESP 2 and 3 (redis.io/docs/latest/develop/reference/protocol-spec). */
const COUNT = /^(?:-1|\d{1,9})$/;
const LINES: Readonly<Record<string, RegExp>> = {
  ...{ '+': /^/, '-': /^/, ':': /^[-+]?\d{1,20}$/, '(': /^[-+]?\d{1,400}$/, '#': /^[tf]$/, _: /^$/ },
  ',': /^(?:nan|[-+]?inf|[-+]?\d{1,400}(?:\.\d{1,400})?(?:[eE][-+]?\d{1,4})?)$/,
  ...{ $: COUNT, '=': COUNT, '!': COUNT, '*': COUNT, '~': COUNT, '>': COUNT, '%': COUNT },
};
const TEXTS = '$=!';
/** How many values each announces for one of its count. */
const LISTS: Readonly<Record<string, number>> = { '*': 1, '~': 1, '>': 1, '%': 2 };

/**
 * Reads along what a store sends, before its client does, and finds what no store of a fleet sends: a reply that is too long, has too
 * many values, announces either (a client makes room for what is announced), or has another form. Keeps a line at most.
 */
export class ReplyLimits {
  /** Values that are still to come, for each list that is open. */
  readonly #open: number[] = [];
  /** Bytes of a text that are still to come, with the end of its line. */
  #left = 0;
  #line: Buffer = Buffer.alloc(0);
  #bytes = 0;
  #values = 0;
  /** Replies that are complete. */
  replies = 0;

  /** Whether a reply has begun and not ended. */
  get isWithin(): boolean {
    return this.#bytes > 0;
  }

  /** Takes the next bytes; says what is wrong with them, or null. After a fault nothing more may be asked. */
  take(chunk: Buffer): string | null {
    for (let at = 0; at < chunk.length; ) {
      const before = at;
      if (this.#left > 0) {
        at += Math.min(this.#left, chunk.length - at);
        this.#left -= at - before;
        if (this.#left === 0) this.#ended();
      } else {
        const end = chunk.indexOf(LF, at);
        at = end < 0 ? chunk.length : end + 1;
        const line = chunk.subarray(before, at);
        this.#bytes += line.length;
        this.#line = this.#line.length > 0 ? Buffer.concat([this.#line, line]) : line;
        if (this.#line.length > MOST_LINE) return `a line of more than ${MOST_LINE / 1024} KiB`;
        if (end >= 0) {
          const fault = this.#begun(this.#line);
          if (fault !== null) return fault;
          this.#line = Buffer.alloc(0);
        }
      }
    }
    // Not a part of a larger piece, which would stay with it.
    this.#line = Buffer.from(this.#line);
    return null;
  }

  #begun(line: Buffer): string | null {
    if (line.indexOf(CR) !== line.length - 2) return 'what is no reply';
    const type = String.fromCharCode(line[0] ?? 0);
    const text = line.toString('latin1', 1, line.length - 2);
    if (!LINES[type]?.test(text)) return 'what is no reply';
    const count = Number(text);
    const each = LISTS[type];
    if (TEXTS.includes(type) && count >= 0) {
      this.#bytes += count;
      this.#left = count + 2;
    } else if (each !== undefined && count > 0) {
      this.#values += count * each;
      this.#open.push(count * each);
    }
    if (this.#bytes > MOST_REPLY) return `a reply of more than ${MOST_REPLY / 2 ** 20} MiB`;
    if (this.#values > MOST_VALUES) return `a reply of more than ${MOST_VALUES} values`;
    if (this.#open.length > MOST_DEPTH) return `a reply of more than ${MOST_DEPTH} levels`;
    if (this.#left === 0 && !(each !== undefined && count > 0)) this.#ended();
    return null;
  }

  /** A value is complete, and with it perhaps the lists that it ends. */
  #ended(): void {
    for (let last = this.#open.length - 1; last >= 0; last -= 1) {
      this.#open[last] = (this.#open[last] ?? 0) - 1;
      if (this.#open[last] !== 0) return;
      this.#open.pop();
    }
    this.#bytes = 0;
    this.#values = 0;
    this.replies += 1;
  }
}
