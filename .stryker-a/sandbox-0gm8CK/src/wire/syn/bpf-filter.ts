import type { Family } from '../../model/target.ts';
import { IPPROTO_TCP, SOCK_FILTER } from './layout.ts';

/** Local ports of one run, both inclusive. */
export interface LocalPorts {
  readonly first: number;
  readonly last: number;
}

/** An instruction of classic BPF (linux/filter.h). A jump leads on, past `skip` instructions, or to the refusal. */
interface Step {
  readonly code: number;
  readonly k: number;
  readonly yes?: number | 'refuse';
  readonly no?: number | 'refuse';
}

const LOAD_BYTE_AT_X = 0x50;
const LOAD_HALF_AT_X = 0x48;
const HEADER_LENGTH_TO_X = 0xb1;
const VALUE_TO_X = 0x01;
const A_TO_X = 0x07;
const AND = 0x54;
const SHIFT_LEFT = 0x64;
const ADD_X = 0x0c;
const IS_EQUAL = 0x15;
const IS_GREATER = 0x25;
const IS_GREATER_OR_EQUAL = 0x35;
const HAS_A_BIT = 0x45;
const RETURN = 0x06;

const WHOLE_PACKET = 0xffff;

const ACK = 0x10;
const SYN_OR_RST = 0x06;

const program = (steps: readonly Step[]): Buffer => {
  const all = [...steps, { code: RETURN, k: WHOLE_PACKET }, { code: RETURN, k: 0 }];
  const bytes = Buffer.alloc(all.length * SOCK_FILTER.size);
  const refusal = all.length - 1;
  for (const [at, { code, k, yes = 0, no = 0 }] of all.entries()) {
    const offset = at * SOCK_FILTER.size;
    const jump = (where: number | 'refuse'): number => (where === 'refuse' ? refusal - at - 1 : where);
    bytes.writeUInt16LE(code, offset + SOCK_FILTER.code);
    bytes.writeUInt8(jump(yes), offset + SOCK_FILTER.jt);
    bytes.writeUInt8(jump(no), offset + SOCK_FILTER.jf);
    bytes.writeUInt32LE(k, offset + SOCK_FILTER.k);
  }
  return bytes;
};

const isOurs = (offset: number, { first, last }: LocalPorts): Step[] => [
  { code: LOAD_HALF_AT_X, k: offset },
  { code: IS_GREATER_OR_EQUAL, k: first, no: 'refuse' },
  { code: IS_GREATER, k: last, yes: 'refuse' },
];

/** Any of these values of A leads on. */
const isOneOf = (values: readonly number[]): Step[] =>
  values.map((k, i) =>
    i === values.length - 1
      ? { code: IS_EQUAL, k, no: 'refuse' as const }
      : { code: IS_EQUAL, k, yes: values.length - 1 - i },
  );

/** A raw IPv4 socket is shown the IP header, a raw IPv6 socket starts behind it. */
const toPayload = (family: Family): Step =>
  family === 4 ? { code: HEADER_LENGTH_TO_X, k: 0 } : { code: VALUE_TO_X, k: 0 };

/** Lets SYN-ACKs and resets to our ports through, and nothing else: other traffic never wakes us. */
export const answersOnly = (family: Family, ports: LocalPorts): Buffer =>
  program([
    toPayload(family),
    ...isOurs(2, ports),
    { code: LOAD_BYTE_AT_X, k: 13 },
    { code: HAS_A_BIT, k: ACK, no: 'refuse' },
    { code: HAS_A_BIT, k: SYN_OR_RST, no: 'refuse' },
  ]);

/** Lets the ICMP errors through that quote a TCP packet from one of our ports. */
export const errorsOnly = (family: Family, ports: LocalPorts): Buffer =>
  family === 4
    ? program([
        toPayload(4),
        { code: LOAD_BYTE_AT_X, k: 0 },
        ...isOneOf([3, 11, 12]),
        { code: LOAD_BYTE_AT_X, k: 8 + 9 },
        ...isOneOf([IPPROTO_TCP]),
        { code: LOAD_BYTE_AT_X, k: 8 },
        { code: AND, k: 0x0f },
        { code: SHIFT_LEFT, k: 2 },
        { code: ADD_X, k: 0 },
        { code: A_TO_X, k: 0 },
        ...isOurs(8, ports),
      ])
    : program([
        toPayload(6),
        { code: LOAD_BYTE_AT_X, k: 0 },
        ...isOneOf([1, 3, 4]),
        { code: LOAD_BYTE_AT_X, k: 8 + 6 },
        ...isOneOf([IPPROTO_TCP]),
        ...isOurs(8 + 40, ports),
      ]);
