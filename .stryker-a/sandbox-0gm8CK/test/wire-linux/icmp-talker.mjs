// Answers SYNs with the ICMP errors that their port asks for, as root: port 10000 + 100 * type + code. In between it sends
// first what an earlier error would be where `20000 +` is asked: a "fragmentation needed", which ends no connect.
// Its kernel must be kept from answering with resets.
import { Buffer } from 'node:buffer';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const recv = libc.func('int64_t recv(int fd, void *buf, size_t len, int flags)');
const sendto = libc.func(
  'int64_t sendto(int fd, void *buf, size_t len, int flags, void *addr, uint32_t addrlen)',
);
const [AF_INET, SOCK_RAW, IPPROTO_ICMP, IPPROTO_TCP] = [2, 3, 1, 6];
const FRAGMENTATION_NEEDED = [3, 4];

const hears = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
const speaks = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
if (hears < 0 || speaks < 0) throw new Error('raw sockets need root');

const checksum = (bytes) => {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
};

/** RFC 792: type, code, checksum, four bytes (the last two an MTU), the header and eight bytes of what is complained of. */
const complain = (packet, headerLength, type, code) => {
  const error = Buffer.alloc(8 + headerLength + 8);
  error.set([type, code]);
  error.writeUInt16BE(1400, 6);
  packet.copy(error, 8, 0, headerLength + 8);
  error.writeUInt16BE(checksum(error), 2);
  const to = Buffer.alloc(16);
  to.writeUInt16LE(AF_INET);
  packet.copy(to, 4, 12, 16);
  sendto(speaks, error, error.length, 0, to, to.length);
};

process.stdout.write('hearing\n');
const packet = Buffer.alloc(2048);
for (;;) {
  if (recv(hears, packet, packet.length, 0) < 40) continue;
  const headerLength = (packet[0] & 15) * 4;
  const isSyn = packet[headerLength + 13] === 2;
  const port = packet.readUInt16BE(headerLength + 2);
  if (!isSyn || port < 10_000) continue;
  if (port >= 20_000) complain(packet, headerLength, ...FRAGMENTATION_NEEDED);
  complain(packet, headerLength, Math.floor((port % 10_000) / 100), port % 100);
}
