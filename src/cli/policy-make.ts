import { ipText } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import { NOVICES } from '../model/policy.ts';
import { portCount } from '../model/target.ts';
import { helperFault } from '../policy/write/helper-name.ts';
import { writeLgpo } from '../policy/write/lgpo.ts';
import { writePol } from '../policy/write/pol.ts';
import { writePowershell } from '../policy/write/powershell.ts';
import { writeReg } from '../policy/write/reg.ts';
import { LONGEST_NAME, type Prefix, prefixText, valuesOf, type Wanted } from '../policy/write/wanted.ts';
import { readNet } from '../targets/span.ts';
import { quoted } from '../text/quoted.ts';
import { type MakeOptions, POLICY_FORMATS } from './options/policy-make.ts';

type PolicyFormat = (typeof POLICY_FORMATS)[number];

/** KB154596: at least 100 ports, above 5000, and takes 5000-6000 itself. `policy check` says the same. */
const RPC_PORTS = { fewest: 100, lowest: 5000 } as const;

const needed = <T>(option: string, value: T | null | undefined, example: string): T => {
  if (value === undefined || value === null) throw new UsageError(`${option} is missing: give ${example}`);
  return value;
};

/** Reads one --from. Throws UsageError. */
const readFrom = (text: string, isLegacy: boolean): Prefix => {
  const bad = (why: string): UsageError => new UsageError(`--from ${quoted(text)}: ${why}`);
  const span = text.includes('%') ? null : readNet(text.trim());
  if (!span)
    throw bad('is not a block of addresses; expected an address, a slash and a length, e.g. 10.1.0.0/16');
  const { family } = span;
  const bits = (family === 4 ? 33 : 129) - (span.last - span.first + 1n).toString(2).length;
  const address = ipText(span.first, family);
  const [base = ''] = text.trim().split('/');
  const typed = readNet(base);
  if (typed && typed.first !== span.first)
    throw bad(
      `is not a network of that length; write ${address}/${bits}, or only ${ipText(typed.first, family)}`,
    );
  if (bits === 0) throw bad('is everybody; leave --from out');
  if (family === 6 && isLegacy)
    throw bad('is IPv6, which exceptions of the firewall of XP and Server 2003 do not take');
  return { family, address, bits };
};

/** Checks what was typed. Throws UsageError for the first thing that is missing or wrong. */
export const wantedOf = (options: MakeOptions): Wanted => {
  const novice = needed('--novice', options.novice, `one of ${NOVICES.join(', ')}`);
  const { helpers, viewOnly, rpcPorts } = options;
  needed('--helpers', helpers[0], 'the group or account of the helpers, e.g. "CONTOSO\\Helpdesk"');
  for (const helper of helpers) {
    const fault = helperFault(helper);
    if (fault !== null) throw new UsageError(`--helpers ${fault}`);
  }
  const prefixes = options.from.map((text) => readFrom(text, novice !== 'vista-or-later'));
  const from = [...new Map(prefixes.map((prefix) => [prefixText(prefix), prefix])).values()];
  const wanted = { novice, helpers, viewOnly, from, rpcPorts };
  if (valuesOf(wanted).some(({ name }) => name.length > LONGEST_NAME))
    throw new UsageError(
      `--from: ${from.length} networks are too many for one exception of the firewall of XP and Server 2003, which holds ${LONGEST_NAME} characters; give fewer, larger blocks`,
    );
  return wanted;
};

/** What to know of a policy that was written: said beside it, and no reason not to write it. */
export const remarksOn = ({ novice, from, rpcPorts }: Wanted, format: PolicyFormat): string[] => {
  const isModern = novice === 'vista-or-later';
  const isNarrow =
    rpcPorts !== null && (portCount(rpcPorts) < RPC_PORTS.fewest || rpcPorts.from < RPC_PORTS.lowest);
  return [
    isNarrow &&
      `--rpc-ports: Microsoft asks for at least ${RPC_PORTS.fewest} ports, none below ${RPC_PORTS.lowest} (KB154596)`,
    rpcPorts !== null && 'the RPC range takes effect when the novice restarts',
    rpcPorts !== null &&
      isModern &&
      "on Vista and later the session takes a port of the whole system's range (netsh int ipv4 show dynamicport tcp), which --rpc-ports does not narrow",
    from.length > 0 &&
      isModern &&
      `${format === 'powershell' ? 'with -GpoName, ' : ''}--from limits the rules of this policy; rules that a novice has of its own stay open to everybody, unless local rules are not merged`,
  ].filter((remark) => remark !== false);
};

/** A policy as the bytes of a file; `text` where a terminal can show it. */
export interface MadePolicy {
  readonly bytes: Uint8Array;
  readonly text: string | null;
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** UTF-16LE behind its mark, as regedit writes it. */
const wide = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le');

/** Writes the policy in a format. LGPO text is ASCII as long as it can be, and UTF-16LE with its mark where it cannot. */
export const madeAs = (format: PolicyFormat, wanted: Wanted): MadePolicy => {
  if (format === 'powershell') {
    const text = writePowershell(wanted);
    return { text, bytes: Buffer.from(text, 'ascii') };
  }
  const values = valuesOf(wanted);
  if (format === 'pol') return { text: null, bytes: writePol(values) };
  const text = format === 'reg' ? writeReg(values) : writeLgpo(values);
  return { text, bytes: format === 'lgpo' && isAscii(text) ? Buffer.from(text, 'ascii') : wide(text) };
};

const ENDINGS: Readonly<Record<string, PolicyFormat>> = { pol: 'pol', reg: 'reg', ps1: 'powershell' };

/** The format that was asked for, by name or by the ending of the file. Throws UsageError. */
export const policyFormatOf = ({ format, output }: MakeOptions): PolicyFormat =>
  needed(
    '--format',
    format ?? ENDINGS[/\.([a-z0-9]+)$/i.exec(output ?? '')?.[1]?.toLowerCase() ?? ''],
    `one of ${POLICY_FORMATS.join(', ')}`,
  );
