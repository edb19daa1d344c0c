import type { Explanation } from '../../model/explanation.ts';
import {
  DCOM_LIMITS,
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
  WIDEN_DCOM,
} from './phrases.ts';

/** An event of source DistributedCOM (DCOM) in the System log. */
export interface EventRow extends Explanation {
  readonly event: number;
  /** A part of the event's text that no other event has, lower case. */
  readonly phrase: string;
}

const row = (event: number, phrase: string, rest: Omit<Explanation, 'code' | 'name'>): EventRow => ({
  event,
  phrase,
  code: `DCOM ${event}`,
  name: null,
  ...rest,
});

const KB910695 = 'KB910695';
const KB5004442 = 'KB5004442';
const MANIFEST = 'Event manifest of Microsoft-Windows-DistributedCOM';
const CC726235 = 'Microsoft Learn cc726235, COM Remote Service Availability';

const UNABLE: Omit<Explanation, 'code' | 'name'> = {
  says: 'DCOM was unable to communicate with the computer ... using any of the configured protocols.',
  cause:
    'Logged on the expert: no RPC conversation with the novice was established. TCP 135 or the dynamic port behind it is filtered, the PC is off, or the name leads elsewhere. The same cause as 0x800706BA.',
  proofs: [MAPPER_SILENT, DYNAMIC_FILTERED],
  changes: [
    OPEN_NETWORK,
    OPEN_FIREWALL,
    'Check that the name resolves to the PC that is meant; an entry of another program (see its PID) has nothing to do with offers',
  ],
  sources: [KB910695, CC726235, KB301527],
};

/** Events in the order of their numbers. */
export const EVENTS: readonly EventRow[] = [
  row(10006, 'when attempting to activate the server', {
    says: 'DCOM got error "..." from the computer ... when attempting to activate the server: ...',
    cause:
      'Logged on the expert: the novice answered and refused or failed the activation. The error in the quotation marks says why: explain that one too.',
    proofs: [MAPPER_ANSWERS, OFFERS_OFF, NOT_LISTED],
    changes: ['Explain the error that the event quotes (ra-preflight explain CODE)', LIST_EXPERT],
    sources: [CC726235],
  }),
  row(10009, 'using any of the configured protocols', UNABLE),
  row(10010, 'did not register with dcom within the required timeout', {
    says: 'The server ... did not register with DCOM within the required timeout.',
    cause:
      'Logged on the novice: the activation arrived and the server was started, but did not report in time. The expert gets 0x80080005.',
    proofs: [MAPPER_ANSWERS],
    changes: [
      'Let the novice sign in, or sign out and in again; restart the PC',
      'Allow raserver.exe and msra.exe (XP: helpsvc.exe) in AppLocker and security software',
    ],
    sources: [MANIFEST],
  }),
  row(10015, 'the machine wide limit settings do not grant', {
    says: 'The machine wide limit settings do not grant ... permission for the COM Server application ...',
    cause:
      'Logged on the novice: a DCOM machine restriction, usually set by policy, leaves the expert out. The expert gets access denied.',
    proofs: [DCOM_LIMITS],
    changes: [WIDEN_DCOM],
    sources: [KB884910, MANIFEST],
  }),
  row(10016, 'permission settings do not grant', {
    says: 'The ... permission settings do not grant ... permission for the COM Server application ...',
    cause:
      'Logged on the novice: the account has no launch or activation permission for the class in the event. Only with the class of Remote Assistance (3C3A70A7-A468-49B9-8ADA-28E11FCCAD5D, XP: 833E4010-AFF7-4AC3-AAC2-9F24C1457BCE) and "Remote" does it concern offers: the account is not in Offer Remote Assistance Helpers.',
    proofs: [OFFERS_OFF, NOT_LISTED],
    changes: [LIST_EXPERT],
    sources: ['MS-RAI 1.9 and Appendix C, note 1', MANIFEST],
  }),
  row(10028, 'using any of the configured protocols; requested by pid', UNABLE),
  row(10036, 'the server-side authentication level policy does not allow the user', {
    says: 'The server-side authentication level policy does not allow the user ... to activate DCOM server. Please raise the activation authentication level at least to RPC_C_AUTHN_LEVEL_PKT_INTEGRITY in client application.',
    cause:
      "Logged on the novice: the expert's PC asked with a lower authentication level than the hardened DCOM accepts. Experts with Vista and later ask with packet privacy, so it is an unpatched XP or Server 2003, or another program.",
    proofs: [
      MAPPER_ANSWERS,
      {
        by: 'look',
        name: 'the address in the event',
        text: 'it is that of the expert; else the event does not concern the offer',
      },
    ],
    changes: [
      'Offer from Windows Vista or later; patch that PC. Since March 2023 the hardening cannot be switched off on the novice',
    ],
    sources: [KB5004442, 'MS-RAI Appendix C, note 14'],
  }),
  row(10037, 'with explicitly set authentication level', {
    says: 'Application ... with PID ... is requesting to activate CLSID ... on computer ... with explicitly set authentication level at ...',
    cause:
      'Logged on the expert: a program there asks with an authentication level that hardened DCOM refuses (see 10036). msra.exe does not.',
    proofs: [{ by: 'look', name: 'the program in the event', text: 'it is not msra.exe' }],
    changes: ['Update the program that the event names'],
    sources: [KB5004442],
  }),
  row(10038, 'with default activation authentication level', {
    says: 'Application ... with PID ... is requesting to activate CLSID ... on computer ... with default activation authentication level at ...',
    cause:
      'Logged on the expert: a program there asks with the default authentication level, which hardened DCOM refuses (see 10036).',
    proofs: [{ by: 'look', name: 'the program in the event', text: 'it is not msra.exe' }],
    changes: ['Install the updates of November 2022 or later, which raise the default'],
    sources: [KB5004442],
  }),
];
