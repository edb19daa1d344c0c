import { quoted } from '../../text/quoted.ts';
import { LONGEST_NAME } from './wanted.ts';

/** Characters that no account name has (sAMAccountName), those that divide entries of the policy among them. */
const FORBIDDEN = /["/[\]:;|=,+*?<>\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const EXPECTED = 'expected DOMAIN\\user or DOMAIN\\group';

/** Why a text cannot name a helper, in one line for a person; null when it can. Whether the account exists is not known here. */
export const helperFault = (text: string): string | null => {
  const bad = (why: string): string => `${quoted(text)}: ${why}; ${EXPECTED}`;
  const parts = text.split('\\');
  if (/^'.*'$|^".*"$/s.test(text))
    return bad('has quotation marks around it; cmd.exe takes away only double ones');
  if (text.includes('@') && parts.length === 1)
    return bad('is a user principal name, which the policy does not take');
  if (parts.length === 1) return bad('has no domain');
  if (/[,;]/.test(text)) return bad('has a comma or semicolon: each helper is an option of its own');
  if (parts.length > 2) return bad('has more than one backslash');
  const [domain = '', name = ''] = parts;
  if (domain.trim() !== domain || name.trim() !== name)
    return bad('has blanks beside the backslash or at an end');
  if (domain === '' || domain === '.') return bad('has no domain');
  if (name === '') return bad('has no name');
  if (FORBIDDEN.test(text) || /\s/.test(domain)) return bad('has a character that no account name has');
  if (text.length > LONGEST_NAME) return bad('is too long');
  return null;
};
