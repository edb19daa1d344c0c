import type { Family } from '../../src/model/target.ts';
import { winsockWire } from '../../src/wire/windows-connect.ts';
import { askAll } from '../contract/ask.ts';
import type { Asked } from '../wire-linux/asker.ts';
import { PlayedWs2 } from './played-ws2.ts';

// Reads a list of questions from its argument, asks all at once over the played Winsock of Windows 10 2004, writes the replies.
const questions = JSON.parse(process.argv[2] ?? '[]') as readonly Asked[];
const wire = winsockWire(await PlayedWs2.load({ oneSyn: true, icmp: true }));
const replies = await askAll(
  wire,
  questions.map(({ address, timeoutMs = 5000, ...rest }) => {
    const family: Family = address.includes(':') ? 6 : 4;
    return { address, family, timeoutMs, ...rest };
  }),
);
process.stdout.write(`${JSON.stringify(replies)}\n`);
