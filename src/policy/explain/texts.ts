import type { Explanation } from '../../model/explanation.ts';
import {
  DCOM_LIMITS,
  DESKTOP_FILTERED,
  DYNAMIC_FILTERED,
  KB301527,
  KB884910,
  LIST_EXPERT,
  MAPPER_ANSWERS,
  MAPPER_SILENT,
  NOT_LISTED,
  OFFERS_OFF,
  OPEN_FIREWALL,
  OPEN_NETWORK,
  SOLICITED_OFF,
  WIDEN_DCOM,
} from './phrases.ts';

/** Something that Remote Assistance says in words or by the symbol of its own protocol. */
export interface TextRow extends Explanation {
  /** Parts of the text, lower case: one of them in a text is enough. */
  readonly phrases: readonly string[];
  /** Where it has a number, too; unsigned 32 bits. */
  readonly hresult?: number;
}

const row = (
  code: string,
  phrases: readonly string[],
  rest: Omit<TextRow, 'code' | 'name' | 'phrases'>,
): TextRow => ({
  code,
  name: null,
  phrases,
  ...rest,
});

const MS_RA = 'MS-RA 2.2.6';
const VBSCRIPT = 'VBScript run-time errors';

/** An error of the session itself, which follows once the novice has accepted. */
const session = (
  symbol: string,
  says: string,
  rest: Omit<Explanation, 'code' | 'name' | 'says' | 'sources'>,
): TextRow => ({
  code: symbol,
  name: symbol,
  says,
  phrases: [symbol.toLowerCase()],
  sources: [MS_RA],
  ...rest,
});

const SESSION_FILTERED = {
  proofs: [DYNAMIC_FILTERED, DESKTOP_FILTERED],
  changes: [
    "Let the session through from the experts' network: on Vista and later the dynamic ports of the whole system (netsh int ipv4 show dynamicport tcp), which a range set for RPC does not narrow; on XP and Server 2003 TCP 3389",
    OPEN_FIREWALL,
  ],
};

/** What msra.exe, its predecessor in XP and the protocol say. */
export const TEXTS: readonly TextRow[] = [
  row(
    'offer-not-sent',
    ['offer to help could not be sent', 'offer to help could not be completed', 'offer could not be sent'],
    {
      says: 'Your offer to help could not be sent.',
      cause:
        "One message for many causes: the novice's TCP 135 or dynamic ports are filtered, the offer is not allowed there, or the expert gets no Kerberos ticket for the novice. The RemoteAssistance log of the expert has the error's number.",
      proofs: [MAPPER_SILENT, DYNAMIC_FILTERED, OFFERS_OFF, NOT_LISTED],
      changes: [
        'Look up the number: Event Viewer, Applications and Services Logs, Microsoft, Windows, RemoteAssistance, entries "OfferRA" or "GetVistaUsers"; then ra-preflight explain NUMBER',
        OPEN_NETWORK,
        LIST_EXPERT,
        'With domain controllers of Server 2003: KB939820',
      ],
      sources: ['KB2003088 (the Kerberos case)', KB301527],
    },
  ),
  row('permission-denied', ['permission denied'], {
    hresult: 0x800a0046,
    says: 'Permission denied',
    cause:
      'What the offer page of XP and Server 2003 says for access denied: the novice answered and turned the expert away.',
    proofs: [MAPPER_ANSWERS, OFFERS_OFF, NOT_LISTED, DCOM_LIMITS],
    changes: [LIST_EXPERT, WIDEN_DCOM],
    sources: [KB884910, `${VBSCRIPT} (70)`],
  }),
  row('remote-server-unavailable', ['remote server machine does not exist or is unavailable'], {
    hresult: 0x800a01ce,
    says: 'The remote server machine does not exist or is unavailable',
    cause:
      'What the offer page of XP and Server 2003 says where the RPC server is unavailable: TCP 135 or the dynamic port behind it is filtered, or the PC is not there.',
    proofs: [MAPPER_SILENT, DYNAMIC_FILTERED],
    changes: [
      OPEN_NETWORK,
      'On the novice, add the exceptions that KB301527 lists (ra-preflight policy make)',
    ],
    sources: [`${VBSCRIPT} (462)`, KB301527],
  }),
  row('name-not-resolved', ['remote host name could not be resolved'], {
    says: 'Remote Assistance connection could not be established because the remote host name could not be resolved. Please try again',
    cause: 'The connection string names an address or a name that the expert cannot use, as behind NAT.',
    proofs: [
      {
        by: 'check',
        name: 'endpoint-mapper',
        text: 'the verdict is unreachable, or the note address-translation',
      },
    ],
    changes: ['Bring both PCs onto networks that route to each other without translation, or correct DNS'],
    sources: ['KB921047'],
  }),
  row('offers-not-allowed', ['system or gp settings do not allow an remote assistance invitation'], {
    says: 'The system or GP settings do not allow an Remote Assistance invitation ...',
    cause: 'RemoteAssistance event 26: Remote Assistance is switched off on this PC, locally or by policy.',
    proofs: [OFFERS_OFF, SOLICITED_OFF],
    changes: [
      LIST_EXPERT,
      'Find the policy that disables it (gpresult /scope:computer /h FILE), often a baseline',
    ],
    sources: ['Event manifest of Microsoft-Windows-RemoteAssistance', 'KB826088'],
  }),
  session(
    'SAFERROR_CONNECTIONTIMEDOUT',
    'A connection could not be established within the time-out period.',
    {
      cause:
        "DCOM worked, but the session's own connection was not established: its port is dropped silently.",
      ...SESSION_FILTERED,
    },
  ),
  session('SAFERROR_SOCKETCONNECTFAILED', 'Connection to the remote computer failed.', {
    cause:
      "DCOM worked, but the session's own connection failed: its port is rejected, or the addresses in the connection string do not lead to the novice (NAT).",
    ...SESSION_FILTERED,
  }),
  session('SAFERROR_HOSTNOTFOUND', 'The remote computer is unreachable.', {
    cause:
      'The addresses in the connection string do not lead to the novice, as behind an address translation.',
    proofs: [{ by: 'check', name: 'endpoint-mapper', text: 'the note address-translation' }],
    changes: ['Route to the novice without address translation (a VPN does)'],
  }),
  session('SAFERROR_REMOTEBYUSER', 'Connection disconnected by remote user.', {
    cause: 'The other side ended the session. Nothing is filtered.',
    proofs: [MAPPER_ANSWERS],
    changes: ['Ask the novice to accept the offer'],
  }),
];
