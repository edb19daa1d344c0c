import { escapeControls } from '../text/quoted.ts';
import { readWorkerMessage, type WorkerMessage } from './messages.ts';
import { type Seal, signedIn } from './signed.ts';

/** A worker that said nothing for so long is taken for dead, milliseconds. */
const DEAD_MS = 6000;
/** After so long its record goes, milliseconds. */
const FORGET_MS = 60_000;

/** Longest record of a worker, characters: ten times what one of ours may have. A longer one is nobody's. */
const LONGEST_RECORD = 20_000;

/** A number that changes with a record that cannot be read. */
const sumOf = (text: string): number => {
  let sum = text.length;
  for (let at = 0; at < Math.min(text.length, LONGEST_RECORD); at += 1)
    sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum;
};

interface Seen {
  readonly seq: number;
  readonly at: number;
  /** Whether it has changed since it was seen first: one that has not may be of a worker that was killed an hour ago. */
  readonly hasChanged: boolean;
}

/** The workers of a vantage as their records tell. */
export interface Workers {
  /** Those that live and can take shards. */
  readonly live: readonly WorkerMessage[];
  /** Why others that live cannot, a line each. */
  readonly troubles: readonly string[];
  /** Ids of records that nobody renews any more. */
  readonly gone: readonly string[];
}

/**
 * Follows the records of the workers of a vantage. One lives while its record changes; so clocks of other machines do not
 * matter. `now`: milliseconds of a clock that does not jump.
 */
export class LiveWorkers {
  readonly #seal: Seal;
  readonly #vantage: string;
  readonly #version: string;
  readonly #seen = new Map<string, Seen>();

  constructor(seal: Seal, vantage: string, version: string) {
    this.#seal = seal;
    this.#vantage = vantage;
    this.#version = version;
  }

  read(records: Readonly<Record<string, string>>, now: number): Workers {
    const live: WorkerMessage[] = [];
    const troubles: string[] = [];
    const gone: string[] = [];
    for (const [id, text] of Object.entries(records)) {
      const signed = text.length > LONGEST_RECORD ? null : signedIn(text);
      const said = readWorkerMessage(this.#seal.open('worker', this.#vantage, signed));
      // Of a record that cannot be read only the change tells.
      const seq = said?.seq ?? sumOf(text);
      const before = this.#seen.get(id);
      const seen = before?.seq === seq ? before : { seq, at: now, hasChanged: before !== undefined };
      this.#seen.set(id, seen);
      if (now - seen.at > FORGET_MS) gone.push(id);
      if (!seen.hasChanged || now - seen.at > DEAD_MS) continue;
      const name = `worker ${escapeControls(id).slice(0, 100)} at ${this.#vantage}`;
      if (!said || said.id !== id) troubles.push(`${name} has another fleet key`);
      else if (said.version !== this.#version)
        troubles.push(
          `${name} runs ra-preflight ${escapeControls(said.version)}, and this is ${this.#version}`,
        );
      else {
        live.push(said);
        if (said.trouble !== null) troubles.push(`${name}: ${escapeControls(said.trouble)}`);
      }
    }
    for (const id of [...this.#seen.keys()]) if (!(id in records)) this.#seen.delete(id);
    return { live, troubles, gone };
  }
}
