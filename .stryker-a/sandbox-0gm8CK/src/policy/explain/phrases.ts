import type { Proof } from '../../model/explanation.ts';

// Sentences that several rows of the table share, so that one cause reads the same everywhere.

export const MAPPER_SILENT: Proof = {
  by: 'check',
  name: 'endpoint-mapper',
  text: 'TCP 135 does not answer, or something else answers there',
};
export const MAPPER_ANSWERS: Proof = {
  by: 'check',
  name: 'endpoint-mapper',
  text: 'TCP 135 passes, so the error comes from the PC and not from a filter of this port',
};
export const DYNAMIC_FILTERED: Proof = {
  by: 'check',
  name: 'dynamic-rpc',
  text: 'TCP 135 passes and a range of the dynamic ports is filtered: the first leg works, the second does not',
};
export const DESKTOP_FILTERED: Proof = {
  by: 'check',
  name: 'remote-desktop',
  text: 'TCP 3389 is filtered on a novice with XP or Server 2003',
};
export const OFFERS_OFF: Proof = {
  by: 'policy',
  name: 'Offer Remote Assistance',
  codes: ['offers-disabled', 'offers-not-configured'],
  text: 'the policy does not enable it',
};
export const NOT_LISTED: Proof = {
  by: 'policy',
  name: 'Offer Remote Assistance: helpers',
  codes: ['helpers-none', 'helper-malformed'],
  text: "the expert's account or group is not among the listed names, or is misspelt",
};
export const DCOM_LIMITS: Proof = {
  by: 'policy',
  name: 'DCOM: Machine Access Restrictions and Machine Launch Restrictions',
  codes: ['dcom-limits-deny', 'dcom-limits-unclear', 'dcom-limits-invalid'],
  text: 'one of the two limits of the machine leaves the experts out (KB884910)',
};
export const DCOM_OFF: Proof = {
  by: 'policy',
  name: 'EnableDCOM',
  codes: ['dcom-disabled', 'dcom-not-set'],
  text: 'the value is N or missing',
};
export const FIREWALL_CLOSED: Proof = {
  by: 'policy',
  name: 'Windows Firewall (Domain profile)',
  codes: [
    'exception-missing',
    'exception-disabled',
    'exceptions-forbidden',
    'rule-missing',
    'rule-disabled',
    'rule-blocks',
    'rule-other-profile',
    'local-rules-ignored',
    'network-not-domain',
  ],
  text: 'an exception for TCP 135 or for a program of Remote Assistance is missing, disabled, overruled or in another profile',
};
export const RPC_RANGE_INVALID: Proof = {
  by: 'policy',
  name: 'RPC port restriction',
  codes: ['rpc-ports-invalid'],
  text: 'an entry is outside 0-65535 or cannot be parsed',
};
export const RPC_RANGE_SMALL: Proof = {
  by: 'policy',
  name: 'RPC port restriction',
  codes: ['rpc-ports-few'],
  text: 'fewer than 100 ports are in the range',
};
export const SOLICITED_OFF: Proof = {
  by: 'policy',
  name: 'Solicited Remote Assistance',
  codes: ['solicited-disabled'],
  text: 'the policy disables it',
};

export const OPEN_NETWORK =
  "Let TCP 135 and the novice's dynamic RPC ports through from the experts' network (XP and Server 2003: TCP 3389 too); ra-preflight check NOVICE says which filter blocks which range";
export const OPEN_FIREWALL =
  'On the novice, enable the Remote Assistance rule group in the profile that is active (Enable-NetFirewallRule -Group "@FirewallAPI.dll,-33002"); by default its DCOM rule is active in the Domain profile only';
export const LIST_EXPERT =
  "Enable Offer Remote Assistance on the novice and list the expert's account or group as DOMAIN\\name (ra-preflight policy make writes it); Windows does not verify the names";
export const WIDEN_DCOM =
  'Add the experts with remote access, remote launch and remote activation to the DCOM machine restriction policies, or remove these policies';

export const ERREF = 'MS-ERREF 2.1.1 and 2.2';
export const KB301527 = 'KB301527';
export const KB884910 = 'KB884910';
export const KB154596 = 'KB154596';
export const MS_RAI = 'MS-RAI';
