import { CodecError, Reader } from './reader.ts';
import { readUuid } from './uuid.ts';

/** A protocol tower (C706 appendix L): which interface listens where. */
export interface Tower {
  /** `uuid vMAJOR.MINOR` */
  readonly interface: string;
  /** TCP port, when this is a connection-oriented TCP tower. */
  readonly tcpPort: number | null;
  /** The address that the server believes in; a hint only, never to be dialled. */
  readonly address: string | null;
}

const UUID_FLOOR = 0x0d;
const NCACN = 0x0b;
const TCP = 0x07;
const IPV4 = 0x09;
/** Towers have five or six floors; more is no tower. */
const MOST_FLOORS = 16;

interface Floor {
  readonly protocol: number;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

const readFloor = (reader: Reader): Floor => {
  const left = reader.bytes(reader.u16());
  const right = reader.bytes(reader.u16());
  if (left.length === 0) throw new CodecError('tower floor without a protocol', reader.offset);
  return { protocol: left[0] ?? 0, left, right };
};

const interfaceOf = ({ protocol, left, right }: Floor): string => {
  if (protocol !== UUID_FLOOR) throw new CodecError('tower does not start with an interface', 0);
  const reader = new Reader(left.subarray(1));
  const uuid = readUuid(reader);
  const major = reader.u16();
  return `${uuid} v${major}.${new Reader(right).u16()}`;
};

/** Reads the octets of a tower: little-endian always, ports and addresses in network order. */
export const readTower = (octets: Uint8Array): Tower => {
  const reader = new Reader(octets);
  const count = reader.u16();
  if (count < 1 || count > MOST_FLOORS) throw new CodecError(`tower of ${count} floors`, 0);
  const floors = Array.from({ length: count }, () => readFloor(reader));
  const [first, , transport, port, host] = floors;
  if (!first) throw new CodecError('tower without floors', 0);
  const isTcp = transport?.protocol === NCACN && port?.protocol === TCP;
  return {
    interface: interfaceOf(first),
    tcpPort: isTcp ? new Reader(port.right).u16be() : null,
    address: host?.protocol === IPV4 && host.right.length === 4 ? [...host.right].join('.') : null,
  };
};
