/**
 * The server's side of the wire, written from the layouts a second time and on purpose without the shipped codec, so
 * that a mistake there cannot hide in its own mirror. Both byte orders.
 */

/** Writes integers in one byte order, with NDR alignment. */
export class Writer {
  readonly #bytes: number[] = [];
  readonly #little: boolean;

  constructor(little = true) {
    this.#little = little;
  }

  u8(value: number): this {
    return this.#number(value, 1);
  }

  u16(value: number): this {
    return this.#number(value, 2);
  }

  u32(value: number): this {
    return this.#number(value, 4);
  }

  raw(bytes: ArrayLike<number>): this {
    for (const byte of Array.from(bytes)) this.#bytes.push(byte);
    return this;
  }

  align(size: number): this {
    while (this.#bytes.length % size !== 0) this.#bytes.push(0);
    return this;
  }

  uuid(text: string): this {
    const [low = '', mid = '', high = '', ...rest] = text.split('-');
    this.u32(Number.parseInt(low, 16)).u16(Number.parseInt(mid, 16)).u16(Number.parseInt(high, 16));
    return this.raw(Buffer.from(rest.join(''), 'hex'));
  }

  done(): Buffer {
    return Buffer.from(this.#bytes);
  }

  #number(value: number, size: number): this {
    const octets = Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) % 256);
    this.#bytes.push(...(this.#little ? octets : octets.reverse()));
    return this;
  }
}

export const NDR = '8a885d04-1ceb-11c9-9fe8-08002b104860';
export const FIRST = 1;
export const LAST = 2;

export interface PduOptions {
  readonly callId?: number;
  readonly flags?: number;
  readonly little?: boolean;
  /** Written instead of the true length. */
  readonly length?: number;
}

/** Any PDU: a type, a body, and whatever the header shall say. */
export const pdu = (type: number, body: Uint8Array, options: PduOptions = {}): Buffer => {
  const { callId = 1, flags = FIRST | LAST, little = true, length = 16 + body.length } = options;
  return new Writer(little)
    .raw([5, 0, type, flags, little ? 0x10 : 0, 0, 0, 0])
    .u16(length)
    .u16(0)
    .u32(callId)
    .raw(body)
    .done();
};

/** bind_ack with one result. */
export const bindAck = (result = 0, reason = 0, options: PduOptions = {}, address = '135\0'): Buffer => {
  const body = new Writer(options.little)
    .u16(4280)
    .u16(4280)
    .u32(0x1234)
    .u16(address.length)
    .raw(Buffer.from(address, 'latin1'))
    .align(4)
    .raw([1, 0, 0, 0])
    .u16(result)
    .u16(reason)
    .uuid(result === 0 ? NDR : '00000000-0000-0000-0000-000000000000')
    .u32(result === 0 ? 2 : 0);
  return pdu(12, body.done(), options);
};

export const bindNak = (reason: number, options: PduOptions = {}): Buffer =>
  pdu(13, new Writer(options.little).u16(reason).raw([1, 5, 0, 0, 0, 0]).done(), options);

export const fault = (status: number, options: PduOptions = {}): Buffer =>
  pdu(3, new Writer(options.little).u32(0).u16(0).u16(0).u32(status).u32(0).done(), options);

export const response = (stub: Uint8Array, options: PduOptions = {}): Buffer =>
  pdu(2, new Writer(options.little).u32(stub.length).u16(0).u16(0).raw(stub).done(), options);

/** One stub in fragments of at most `size` stub bytes. */
export const fragments = (stub: Uint8Array, size: number, options: PduOptions = {}): Buffer[] => {
  const count = Math.max(1, Math.ceil(stub.length / size));
  return Array.from({ length: count }, (_, at) =>
    response(stub.subarray(at * size, (at + 1) * size), {
      ...options,
      flags: (at === 0 ? FIRST : 0) | (at === count - 1 ? LAST : 0),
    }),
  );
};

const floor = (left: Uint8Array, right: Uint8Array): Buffer =>
  new Writer().u16(left.length).raw(left).u16(right.length).raw(right).done();

export interface Listed {
  readonly uuid: string;
  readonly major: number;
  readonly minor: number;
  readonly port: number;
  readonly annotation: string;
}

/** Fourth floors that are no TCP, by their protocol identifier. */
export const NAMED_PIPE = 0x0f;

/** Tower of RPC over TCP at 0.0.0.0, or over another fourth floor. Little-endian as all towers are. */
export const tower = ({ uuid, major, minor, port }: Omit<Listed, 'annotation'>, fourth = 7): Buffer =>
  Buffer.concat([
    new Writer().u16(5).done(),
    floor(new Writer().u8(13).uuid(uuid).u16(major).done(), new Writer().u16(minor).done()),
    floor(new Writer().u8(13).uuid(NDR).u16(2).done(), new Writer().u16(0).done()),
    floor(Buffer.from([0x0b]), Buffer.from([0, 0])),
    floor(Buffer.from([fourth]), new Writer(false).u16(port).done()),
    floor(Buffer.from([9]), Buffer.from([0, 0, 0, 0])),
  ]);

export interface Page {
  /** 20 bytes; zeros when there is no more. */
  readonly handle?: Uint8Array;
  readonly entries: readonly { readonly annotation: string; readonly tower: Uint8Array | null }[];
  readonly status?: number;
}

/** A handle that is none of the zero kind. */
export const HANDLE = Buffer.from(`00000000${'ab'.repeat(16)}`, 'hex');

/** Response stub of ept_lookup. */
export const lookupPage = (
  { handle = Buffer.alloc(20), entries, status = 0 }: Page,
  little = true,
): Buffer => {
  const stub = new Writer(little).raw(handle).u32(entries.length).u32(500).u32(0).u32(entries.length);
  for (const [at, entry] of entries.entries()) {
    stub
      .align(4)
      .raw(Buffer.alloc(16))
      .u32(entry.tower === null ? 0 : at + 1);
    stub
      .u32(0)
      .u32(entry.annotation.length + 1)
      .raw(Buffer.from(`${entry.annotation}\0`, 'latin1'));
  }
  for (const { tower: octets } of entries) {
    if (octets) stub.align(4).u32(octets.length).u32(octets.length).raw(octets);
  }
  return stub.align(4).u32(status).done();
};

/** A page of TCP endpoints. */
export const listing = (listed: readonly Listed[], page: Omit<Page, 'entries'> = {}, little = true): Buffer =>
  lookupPage(
    { ...page, entries: listed.map((one) => ({ annotation: one.annotation, tower: tower(one) })) },
    little,
  );

export interface Alive {
  readonly major: number;
  readonly minor: number;
  readonly bindings: readonly { readonly tower: number; readonly address: string }[];
  readonly status?: number;
}

/** Response stub of ServerAlive2, from the IDL (MS-DCOM 3.1.2.5.1.6 and 2.2.19), with NTLM and Kerberos behind. */
export const serverAlive = ({ major, minor, bindings, status = 0 }: Alive, little = true): Buffer => {
  const units: number[] = [];
  for (const { tower: id, address } of bindings) {
    units.push(id, ...Array.from({ length: address.length }, (_, at) => address.charCodeAt(at)), 0);
  }
  units.push(0);
  const security = units.length;
  units.push(0x0a, 0xffff, 0, 0x10, 0xffff, 0, 0);
  const stub = new Writer(little).u16(major).u16(minor).u32(0x20000).u32(units.length);
  stub.u16(units.length).u16(security);
  for (const unit of units) stub.u16(unit);
  return stub.align(4).u32(0).u32(status).done();
};
