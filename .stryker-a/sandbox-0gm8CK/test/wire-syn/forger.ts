import type { Reply } from '../../src/model/reply.ts';
import type { WireEnd } from '../../src/model/wire.ts';
import { AF_INET, SOCKADDR_IN } from '../../src/wire/linux/layout.ts';
import { loadLibc } from '../../src/wire/linux/libc.ts';
import { linuxWire } from '../../src/wire/linux-connect.ts';
import { IPPROTO_RAW } from '../../src/wire/syn/layout.ts';
import { openRaw } from '../../src/wire/syn/open-socket.ts';
import { synWire } from '../../src/wire/syn-engine.ts';
import { askOne } from '../contract/ask.ts';
import { sweepOf } from './start-run.ts';

/** What came of it. */
export interface Forged {
  readonly asked: Reply;
  readonly swept: readonly Reply[];
  readonly end: WireEnd;
  readonly forged: number;
}

// Asks a silent port of loopback while answers with wrong numbers rain on every local port that may have asked.

const SILENT_PORT = 7;
const LOCAL_PORTS = { first: 61_000, last: 61_800 };

const ip = (protocol: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  header.set([127, 0, 0, 1], 12);
  header.set([127, 0, 0, 1], 16);
  return Buffer.concat([header, payload]);
};

const tcp = (from: number, to: number, flags: number, sequence: number, ack: number): Buffer => {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(from, 0);
  header.writeUInt16BE(to, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(ack, 8);
  header.writeUInt8(0x50, 12);
  header.writeUInt8(flags, 13);
  return header;
};

const checksum = (bytes: Buffer): number => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

const unreachable = (quoted: Buffer): Buffer => {
  const icmp = Buffer.concat([Buffer.from([3, 13, 0, 0, 0, 0, 0, 0]), quoted]);
  icmp.writeUInt16BE(checksum(icmp), 2);
  return icmp;
};

const libc = await loadLibc();
const fd = openRaw(libc, 4, IPPROTO_RAW);
const home = Buffer.alloc(SOCKADDR_IN.size);
home.writeUInt16LE(AF_INET, 0);
home.set([127, 0, 0, 1], SOCKADDR_IN.address);
const iovec = Buffer.alloc(16);
const message = Buffer.alloc(64);
message.writeBigUInt64LE(libc.address(home), 0);
message.writeUInt32LE(home.length, 8);
message.writeBigUInt64LE(libc.address(iovec), 16);
message.writeBigUInt64LE(1n, 24);

const send = (packet: Buffer): void => {
  iovec.writeBigUInt64LE(libc.address(packet), 0);
  iovec.writeBigUInt64LE(BigInt(packet.length), 8);
  if (libc.sendmmsg(fd, message, 1, 0) !== 1) throw new Error(`nothing was forged: ${libc.errno()}`);
};

let forged = 0;
const rain = (): void => {
  for (let port = LOCAL_PORTS.first; port <= LOCAL_PORTS.last; port++) {
    const wrong = Math.floor(Math.random() * 2 ** 32);
    send(ip(6, tcp(SILENT_PORT, port, 0x12, 1, wrong)));
    send(ip(6, tcp(SILENT_PORT, port, 0x14, 0, wrong)));
    send(ip(6, tcp(SILENT_PORT, port, 0x04, wrong, 0)));
    send(ip(1, unreachable(ip(6, tcp(port, SILENT_PORT, 0x02, wrong, 0)))));
    forged += 4;
  }
};

const { signal } = new AbortController();
const wire = await synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch));
const timer = setInterval(rain, 100);
const endpoint = { address: '127.0.0.1', family: 4 as const, port: SILENT_PORT };
const asked = await askOne(wire, endpoint, { timeoutMs: 600 });
const swept: Reply[] = [];
const end = await sweepOf(libc, [{ ...endpoint, timeoutMs: 600 }], {
  ...{ signal, perSecond: 1000 },
  onReplies: (batch) => swept.push(...batch.map(({ reply }) => reply)),
});
clearInterval(timer);
await wire.close();
process.stdout.write(JSON.stringify({ asked, swept, end, forged } satisfies Forged));
