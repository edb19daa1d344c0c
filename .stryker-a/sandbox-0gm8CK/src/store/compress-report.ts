import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Hop } from '../model/evidence.ts';
import type { HostReport, PortReport } from '../model/report.ts';

/** More characters than any report has; a damaged or made-up record must not fill the memory. */
const MOST = 64 * 1024 * 1024;
/** A row with more text of its own than this is deflated: hosts that are like no other. */
const PLAIN = 1024;

/** What stands for the host's own target and address in a part, and between lines and groups: JSON text never has these. */
const TARGET = '\u0001';
const ADDRESS = '\u0002';
const LINE = '\n';
const GROUP = '\f';

/** A flat object of a list in a report. What differs from host to host is `rttMs`, and `from` if that is the host itself. */
export type Item = PortReport | Hop;

/** Gives what hosts of a run have in common a name, so that it is stored once; null for what only this host has, so far. */
export interface DictionaryWriter {
  ofText(text: string): string | null;
  /** `key` is something that equal items have in common; `own` the address of the host. */
  ofItem(key: string | number, item: Item, own: string | null): string | null;
}

/** The inverse of Names; both throw for a name that was not given. */
export interface DictionaryReader {
  text(name: string): string;
  /** A new item of a host with this address. `size`: the characters that it was stored as. */
  item(
    name: string,
    rttMs: number | null,
    own: string | null,
  ): { readonly item: Item; readonly size: number };
}

/** A report as it is stored, and its checksum. SQLite notices damage to its pages, but not to what stands in them. */
export interface CompressedReport {
  readonly row: string | Uint8Array;
  readonly crc: number;
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A name of a letter or two is found everywhere by chance; and a lone brace would be mistaken for one of ours. */
const marked = (text: string, part: string, mark: string): string =>
  part.length < 3 ? text : text.replaceAll(part, mark);

const keyOf = ({ port, from }: PortReport, own: string | null): string | number =>
  from === null || from === own ? port : `${port} ${from}`;

/** Whole texts without their names and numbers that are remembered: to compare one costs far less than to cut it. */
const RECENT = 16;
const RECENT_CHARACTERS = 65_536;

/**
 * Takes reports of one run apart. A row has three groups: the target and the address as JSON has them, and pieces of
 * the report without its ports and hops, cut before each brace; its ports; its hops. Each piece is a line: the name of
 * it, with the round trip behind it for ports and hops, or itself.
 */
export const reportCompressor = (names: DictionaryWriter): ((report: HostReport) => CompressedReport) => {
  const recent: { readonly text: string; readonly lines: string }[] = [];
  let plain = 0;

  const itself = (text: string): string => {
    plain += text.length;
    return text;
  };

  const cut = (text: string): string => {
    // Nothing stands before the first brace.
    const pieces = text.split('{').slice(1);
    const lines = pieces.map((piece) => names.ofText(piece) ?? itself(`{${piece}`)).join(LINE);
    if (plain === 0 && text.length <= RECENT_CHARACTERS) {
      recent.unshift({ text, lines });
      recent.splice(RECENT);
    }
    return lines;
  };

  return (report) => {
    const { target, address, ports, path } = report;
    const own = address === null || address === target ? '' : escaped(address);
    const head = [escaped(target), own] as const;
    const whole = JSON.stringify({ ...report, ports: [], path: { ...path, hops: [] } });
    const text = marked(marked(whole, head[0], TARGET), own, ADDRESS);
    const lineOf = (key: string | number, item: Item): string => {
      const name = names.ofItem(key, item, address);
      return name === null ? itself(JSON.stringify(item)) : `${name} ${item.rttMs}`;
    };
    plain = 0;
    const lines = recent.find((one) => one.text === text)?.lines ?? cut(text);
    const row = [
      [...head, lines].join(LINE),
      ports.map((port) => lineOf(keyOf(port, address), port)).join(LINE),
      path.hops.map((hop) => lineOf(hop.address ?? hop.ttl, hop)).join(LINE),
    ].join(GROUP);
    return { row: plain > PLAIN ? deflateRawSync(row, { level: 1 }) : row, crc: crc32(row) };
  };
};

const linesOf = (group: string): string[] => (group === '' ? [] : group.split(LINE));

const rttOf = (text: string): number | null => {
  if (text === 'null') return null;
  const rttMs = Number(text);
  if (text === '' || !Number.isFinite(rttMs)) throw new RangeError('no round trip');
  return rttMs;
};

/** A report whose lists are still to come. */
interface Open {
  readonly address: string | null;
  ports: Item[];
  readonly path: { hops: Item[] };
}

/** Puts together what packing() took apart. Throws for anything else. */
export const decompressReport = ({ row, crc }: CompressedReport, named: DictionaryReader): HostReport => {
  const text = typeof row === 'string' ? row : inflateRawSync(row, { maxOutputLength: MOST }).toString();
  if (crc32(text) !== crc) throw new RangeError('the checksum of a host is wrong');
  const [pieces, ports, hops] = text.split(GROUP);
  if (pieces === undefined || ports === undefined || hops === undefined)
    throw new RangeError('a group is missing');
  // Names multiply: a row of them can mean far more than the row itself.
  let size = 0;
  const charge = (characters: number): void => {
    size += characters;
    if (size > MOST) throw new RangeError('longer than any report');
  };
  charge(text.length);
  const restored = (part: string, mark: string, whole: string): string => {
    const between = whole.split(mark);
    charge((between.length - 1) * part.length);
    return between.join(part);
  };
  const [target = '', own = '', ...lines] = pieces.split(LINE);
  let rest = '';
  for (const line of lines) {
    const piece = line.startsWith('{') ? line.slice(1) : named.text(line);
    charge(piece.length);
    rest += `{${piece}`;
  }
  const report = JSON.parse(restored(target, TARGET, restored(own, ADDRESS, rest))) as Open;
  const { address } = report;
  const itemOf = (line: string): Item => {
    if (line.startsWith('{')) return JSON.parse(line) as Item;
    const end = line.indexOf(' ');
    const { item, size: characters } = named.item(line.slice(0, end), rttOf(line.slice(end + 1)), address);
    charge(characters);
    return item;
  };
  // Their keys are there already, so they keep their places.
  report.ports = linesOf(ports).map(itemOf);
  report.path.hops = linesOf(hops).map(itemOf);
  return report as unknown as HostReport;
};
