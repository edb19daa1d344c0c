import type { Family } from './layout.ts';
import type { Hook, Rule } from './row.ts';

/** A rule with the address that it is about, of one network namespace. */
export interface Placed {
  readonly rule: Rule;
  readonly address: string;
  readonly family: Family;
}

const HOOKS: readonly Hook[] = ['prerouting', 'forward', 'input', 'output'];

/** The 32 bits of an IPv4 address, for nftables' raw payload matches. */
const bits = (address: string): string =>
  `0x${address
    .split('.')
    .map((octet) => Number(octet).toString(16).padStart(2, '0'))
    .join('')}`;

const fill = (text: string, { address, family }: Placed): string =>
  text
    .replaceAll('$to', `${family === 4 ? 'ip' : 'ip6'} daddr ${address}`)
    .replaceAll('$from', `${family === 4 ? 'ip' : 'ip6'} saddr ${address}`)
    .replaceAll('$address', address)
    .replaceAll('$hex', family === 4 ? bits(address) : '');

const nftOf = (placed: readonly Placed[]): string => {
  const chains = HOOKS.flatMap((hook) => {
    const lines = placed.flatMap((one) =>
      'nft' in one.rule && one.rule.hook === hook ? [fill(one.rule.nft, one)] : [],
    );
    if (lines.length === 0) return [];
    const head = `type filter hook ${hook} priority 0; policy accept;`;
    return [`  chain ${hook} { ${head}\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`];
  });
  return chains.length === 0 ? '' : `nft -f - <<'RULES'\ntable inet lab {\n${chains.join('')}}\nRULES\n`;
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
