import { ipText } from '../ip/ip.ts';
import type { Family } from '../model/target.ts';
import type { Interval } from './intervals.ts';
import type { AddressesPart, NamesPart, SpacePart } from './space.ts';

type Address = AddressesPart['addresses'][number];
type Name = NamesPart['names'][number];

type Growing =
  | { readonly kind: 'block'; readonly family: Family; readonly first: bigint; last: bigint }
  | { readonly kind: 'addresses'; readonly addresses: Address[] }
  | { readonly kind: 'names'; readonly names: Name[] };

/** Collects the parts of a space in order; what continues the part before becomes one with it. */
export interface Collector {
  readonly addBlock: (family: Family, interval: Interval) => void;
  readonly addAddress: (address: Address) => void;
  readonly addName: (name: Name) => void;
  readonly parts: () => SpacePart[];
}

/** Makes a collector without parts. */
export const makeCollector = (): Collector => {
  const grown: Growing[] = [];
  return {
    addBlock: (family, { first, last }) => {
      const before = grown.at(-1);
      if (before?.kind === 'block' && before.family === family && before.last + 1n === first)
        before.last = last;
      else grown.push({ kind: 'block', family, first, last });
    },
    addAddress: (address) => {
      const before = grown.at(-1);
      if (before?.kind === 'addresses') before.addresses.push(address);
      else grown.push({ kind: 'addresses', addresses: [address] });
    },
    addName: (name) => {
      const before = grown.at(-1);
      if (before?.kind === 'names') before.names.push(name);
      else grown.push({ kind: 'names', names: [name] });
    },
    parts: () =>
      grown.map((part) => {
        if (part.kind !== 'block') return part;
        const { kind, family, first, last } = part;
        return { kind, family, first: ipText(first, family), count: Number(last - first + 1n) };
      }),
  };
};
