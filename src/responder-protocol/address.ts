import { ipText, readIp } from '../ip/ip.ts';

const MAPPED = 0xffffn << 32n;

/** An address as 16 bytes, IPv4 in its IPv6 form; zeros for what is no address. Zones are the machine's own and left out. */
export const addressBytes = (text: string): Buffer => {
  const ip = readIp(text);
  const number = ip === null ? 0n : ip.family === 4 ? MAPPED | ip.number : ip.number;
  return Buffer.from(number.toString(16).padStart(32, '0'), 'hex');
};

/** The canonical text of such bytes. */
export const addressIn = (bytes: Uint8Array): string => {
  const number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return number >> 32n === 0xffffn ? ipText(number & 0xffff_ffffn, 4) : ipText(number, 6);
};
