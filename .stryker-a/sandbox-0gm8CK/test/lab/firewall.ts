import { type Family, neighbourIn } from './layout.ts';
import type { Hook, Rule } from './row.ts';

/** A rule with the address that it is about, of one network namespace. */
export interface Placed {
  readonly rule: Rule;
  readonly address: string;
  readonly family: Family;
}

const HOOKS: readonly Hook[] = ['prerouting', 'forward', 'input', 'output'];

/** An address as a number in hexadecimal: for nftables' raw payload matches, and as a name. */
const digits = (address: string, family: Family): string => {
  if (family === 4) {
    const octets = address.replace(/\/.*/, '').split('.');
    return octets.map((octet) => Number(octet).toString(16).padStart(2, '0')).join('');
  }
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.map((group) => group.padStart(4, '0')).join('');
};

/** An ICMP error quotes the packet that it is about; its destination stands there in the header. */
const exceeded = (address: string, family: Family): string =>
  family === 4
    ? `icmp type time-exceeded @th,192,32 0x${digits(address, family)}`
    : `icmpv6 type time-exceeded @th,256,128 0x${digits(address, family)}`;

/** The neighbours of a row that has witnesses. */
const PLACES: Readonly<Record<string, number>> = { novice: 1, witness: 2, other: 3 };

const fill = (text: string, { address, family }: Placed): string => {
  const ip = family === 4 ? 'ip' : 'ip6';
  return text
    .replaceAll('$to', `${ip} daddr ${address}`)
    .replaceAll('$from', `${ip} saddr ${address}`)
    .replaceAll('$address', address)
    .replaceAll(/\$(novice|witness|other)/g, (_, name: string) => neighbourIn(address, PLACES[name] ?? 0))
    .replaceAll('$source', `${ip} saddr`)
    .replaceAll('$ttl', family === 4 ? 'ip ttl' : 'ip6 hoplimit')
    .replaceAll('$exceeded', exceeded(address, family))
    .replaceAll(/@\$(\w+)/g, (_, name) => `@${name}_${digits(address, family)}`);
};

/** The declarations of the sets that a rule names. */
const setsIn = (line: string, family: Family): string[] =>
  [...line.matchAll(/@([a-z]+_[0-9a-f]+)/g)].map(([, name = '']) => {
    const more = name.startsWith('flows_') ? ' . inet_service . inet_service' : '';
    return `  set ${name} { type ipv${family}_addr${more}; flags dynamic,timeout; timeout 1h; }\n`;
  });

const nftOf = (placed: readonly Placed[]): string => {
  const sets = new Set<string>();
  const chains = HOOKS.flatMap((hook) => {
    const lines = placed.flatMap((one) => {
      if (!('nft' in one.rule) || one.rule.hook !== hook) return [];
      const line = fill(one.rule.nft, one);
      for (const set of setsIn(line, one.family)) sets.add(set);
      return [line];
    });
    if (lines.length === 0) return [];
    const head = `type filter hook ${hook} priority 0; policy accept;`;
    return [`  chain ${hook} { ${head}\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`];
  });
  const table = `table inet lab {\n${[...sets].join('')}${chains.join('')}}`;
  return chains.length === 0 ? '' : `nft -f - <<'RULES'\n${table}\nRULES\n`;
};

const iptablesOf = (placed: readonly Placed[]): string =>
  placed
    .flatMap((one) => {
      if (!('iptables' in one.rule)) return [];
      const program = one.family === 4 ? 'iptables' : 'ip6tables';
      return [`${program}-${one.rule.iptables} ${fill(one.rule.rule, one)}\n`];
    })
    .join('');

/** Shell commands that put all rules of one namespace in place. */
export const firewallScript = (placed: readonly Placed[]): string => nftOf(placed) + iptablesOf(placed);
