import type { Family } from '../../src/model/target.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { askAll } from '../contract/ask.ts';

/** One question for the asker; times in milliseconds. */
export interface Asked {
  readonly address: string;
  readonly port: number;
  readonly ttl?: number;
  readonly minTtl?: number;
  readonly timeoutMs?: number;
}

// Reads a list of questions from its argument, asks all at once, writes the replies. It neither closes the wire nor
// ends the process: that an idle wire keeps nothing alive is part of what its tests see.
const questions = JSON.parse(process.argv[2] ?? '[]') as readonly Asked[];
const wire = await linuxWire(process.platform, process.arch);
const replies = await askAll(
  wire,
  questions.map(({ address, timeoutMs = 5000, ...rest }) => {
    const family: Family = address.includes(':') ? 6 : 4;
    return { address, family, timeoutMs, ...rest };
  }),
);
process.stdout.write(`${JSON.stringify(replies)}\n`);
