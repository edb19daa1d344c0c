import type { Family, Link } from './layout.ts';

export const FAMILIES: readonly Family[] = [4, 6];

const LENGTH: Readonly<Record<Family, number>> = { 4: 24, 6: 64 };

/** A neighbour that is never asked for. */
export const neighbour = (address: string, hardware: string, device: string): string =>
  `ip neigh add ${address} lladdr ${hardware} dev ${device} nud permanent`;

/** Gives one end of a link its addresses and turns it on. */
export const up = ({ device, ours, theirs, hardware }: Link): string =>
  [
    ...(hardware ? [`ip link set ${device} address ${hardware.ours}`] : []),
    ...FAMILIES.map((f) => `ip addr add ${ours[f]}/${LENGTH[f]} dev ${device} ${f === 6 ? 'nodad' : ''}`),
    `ip link set ${device} up`,
    ...(hardware ? FAMILIES.map((f) => neighbour(theirs[f], hardware.theirs, device)) : []),
  ].join('\n');

export const route = (family: Family, what: string): string => `ip -${family} route add ${what}`;

/** A line for each family. */
export const forBoth = (line: (family: Family) => string): string => FAMILIES.map(line).join('\n');

/** A link as seen from its other end. */
export const turned = ({ device, ours, theirs }: Link): Link => ({ device, ours: theirs, theirs: ours });
