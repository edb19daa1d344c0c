// A name server on 127.0.0.1:53 for the tests of look-ups. What it answers is in the names:
//   together-N-OF-*.test  once OF different names of that kind wait, 10.2.0.N
//   flight-*.test         after 300 ms, 10.3.0.M with M names of any kind under way when it was asked
//   mapped.test           AAAA ::ffff:10.90.2.2 and A 10.90.2.2;  plain.test  A 10.4.0.1;  plain.test.corp.test  A 10.4.0.2
// mute.test gets no answer, every other name does not exist. Writes the file of its argument when it is ready.
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';

const A = 1;
const AAAA = 28;
const NXDOMAIN = 3;
const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 90, 2, 2];

const socket = createSocket('udp4');
const underWay = new Map();
const gathered = new Map();

const reply = (query, from, end, type, rcode, address) => {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | rcode, 2);
  header.writeUInt16BE(address ? 1 : 0, 6);
  header.fill(0, 8);
  const record = Buffer.alloc(address ? 12 : 0);
  if (address) {
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(address.length, 10);
  }
  socket.send(
    Buffer.concat([header, query.subarray(12, end), record, Buffer.from(address ?? [])]),
    from.port,
    from.address,
  );
};

socket.on('message', (query, from) => {
  const labels = [];
  let at = 12;
  for (; query[at] > 0; at += query[at] + 1)
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const name = labels.join('.');
  const type = query.readUInt16BE(at + 1);
  const end = at + 5;
  const say = (v4, v6) => reply(query, from, end, type, 0, type === A ? v4 : type === AAAA ? v6 : undefined);
  const [kind, number, of] = name.split('-');
  if (name === 'mute.test') return;
  if (name === 'mapped.test') return say([10, 90, 2, 2], MAPPED);
  if (name === 'plain.test') return say([10, 4, 0, 1]);
  if (name === 'plain.test.corp.test') return say([10, 4, 0, 2]);
  if (kind === 'together') {
    gathered.set(`${name} ${type}`, () => say([10, 2, 0, Number(number)]));
    if (new Set([...gathered.keys()].map((key) => key.split(' ')[0])).size < Number(of)) return;
    for (const go of gathered.values()) go();
    return;
  }
  if (kind === 'flight') {
    underWay.set(name, (underWay.get(name) ?? 0) + 1);
    const count = underWay.size;
    setTimeout(() => {
      underWay.delete(name);
      say([10, 3, 0, count]);
    }, 300);
    return;
  }
  reply(query, from, end, type, NXDOMAIN);
});
socket.bind(53, '127.0.0.1', () => writeFileSync(process.argv[2], ''));
